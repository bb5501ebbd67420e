"""Files in the official layouts, of any size, written from an imaginary country: for tests and benchmarks."""
