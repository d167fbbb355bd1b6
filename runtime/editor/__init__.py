"""The editor of every kind of document: a form made from its schema, and its text, which both change."""
