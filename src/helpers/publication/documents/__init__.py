"""Documents made from a diagnostic once it is built: PDF, slides, posters, workbook and archive of its data."""

from helpers.publication.documents.built import (
    KINDS,
    BuiltDiagnostic,
    Part,
    find,
    list_documents,
    name_of,
    publish,
    read,
    read_template,
)

__all__ = [
    "KINDS",
    "BuiltDiagnostic",
    "Part",
    "find",
    "list_documents",
    "name_of",
    "publish",
    "read",
    "read_template",
]
