"""Pages: the diagnostic of one commune as HTML, and the index of all the diagnostics built."""
