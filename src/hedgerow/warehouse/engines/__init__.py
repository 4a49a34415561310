"""Where the SQL models run. One module an engine; ``open_engine`` picks one by name."""
