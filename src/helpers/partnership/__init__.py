"""The partnership with a commune: what is sent to it, what comes back, and what is made of it."""
