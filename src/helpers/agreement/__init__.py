"""What a group agreed on, in words: issues, levers and decisions, as the parts of a document or of a page."""
