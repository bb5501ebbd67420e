"""Incremental builds: what a diagnostic was made from, hence what has changed since and is to be built again.

Everything read has a key and a fingerprint. The key is the path of a file from the root of the project, `table:<name>`
for a table of the store, or the name of a version; the fingerprint is a hash, empty where the thing does not exist.
Nothing heavy is imported here: a diagnostic that is up to date is recognised without pandas nor Jupyter.
"""
