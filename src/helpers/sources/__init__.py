"""Official files -> tidy frames. One module per family of files, each with one verb: `read`."""
