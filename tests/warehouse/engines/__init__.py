"""Every engine gives the figures that DuckDB gives."""
