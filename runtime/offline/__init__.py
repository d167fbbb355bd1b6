"""What the commands do that need no database: they read documents and data files."""
