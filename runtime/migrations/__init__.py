"""The database's versions, in order. Each is additive: SQLite's altering of tables loses rows and indexes."""
