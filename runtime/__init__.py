"""Everything with a clock, a database or a queue."""
