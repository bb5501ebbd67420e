"""Simulated detail, consistent with every real total: it shows the method and describes no commune."""
