"""Publication: pages, documents, the site, batches, and what is rebuilt when something changes."""
