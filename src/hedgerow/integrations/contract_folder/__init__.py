"""A folder in the open data contract: one CSV or Parquet file per table."""
