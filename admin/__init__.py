"""People: pages, JSON API, event stream, command line."""
