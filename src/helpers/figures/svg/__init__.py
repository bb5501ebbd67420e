"""Layout, ticks, legend and shapes of drawings, as small, byte-stable SVG (README.md says why)."""
