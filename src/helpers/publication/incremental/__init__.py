"""Incremental builds: what a diagnostic was made from, hence what has changed since and is to be built again.

Everything read has a key and a fingerprint. The key is the path of a file from the root of the project, `table:<name>`
for a table of the store, or the name of a version; the fingerprint is a hash, empty where the thing does not exist.
Nothing heavy is imported here: a diagnostic that is up to date is recognised without pandas nor Jupyter.
"""

from helpers.publication.incremental.inputs import Inputs
from helpers.publication.incremental.keys import TABLE, key_of, request_keys
from helpers.publication.incremental.manifest import (
    MANIFEST,
    BuildRecord,
    list_shared,
    mark_execution,
    mark_inputs,
    mark_output,
    read_manifest,
    read_record,
    renew_output,
    sweep,
    write_manifest,
)
from helpers.publication.incremental.plan import RebuildPlan, compare, describe_build

__all__ = [
    "MANIFEST",
    "TABLE",
    "BuildRecord",
    "Inputs",
    "RebuildPlan",
    "compare",
    "describe_build",
    "key_of",
    "list_shared",
    "mark_execution",
    "mark_inputs",
    "mark_output",
    "read_manifest",
    "read_record",
    "renew_output",
    "request_keys",
    "sweep",
    "write_manifest",
]
