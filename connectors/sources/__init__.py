"""Sources: systems and files that records come from."""
