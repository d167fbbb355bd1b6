"""Files as sources: CSV, Excel, JSON lines, Parquet."""
