"""Drawings as small, byte-stable SVG: layout, ticks, legend, shapes."""
