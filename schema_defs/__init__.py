"""What may be written: one module per document kind, and the loader that reads them."""
