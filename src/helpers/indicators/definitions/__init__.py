"""The definitions of the indicators, by theme: the only list of what a diagnostic measures."""
