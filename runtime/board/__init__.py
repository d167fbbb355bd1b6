"""What the pages show, as values: built here from the stored numbers, turned into HTML by `admin`, frozen into snapshots."""
