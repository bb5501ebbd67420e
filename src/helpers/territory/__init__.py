"""Territories: communes and their names, what they belong to, those comparable with them."""
