"""Documents laid out on sheets of paper: blocks that are not cut, measured, then placed in one or two columns."""

from helpers.publication.documents.paper.cover import describe_cover

__all__ = ["describe_cover"]
