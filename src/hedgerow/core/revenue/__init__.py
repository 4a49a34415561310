"""Revenue decisions about one case."""
