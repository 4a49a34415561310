"""A CSV of subscription periods: what a newcomer can export from almost any billing tool."""
