"""Indicators: pure functions from tidy frames to frames. Nothing here rounds, draws or reads a file."""
