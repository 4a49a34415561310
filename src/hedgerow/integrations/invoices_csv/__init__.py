"""A CSV of invoice lines, one row a line."""
