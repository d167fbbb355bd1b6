"""Published configurations: immutable, numbered, exactly one of them live."""
