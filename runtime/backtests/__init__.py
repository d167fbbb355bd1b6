"""Rules over past days, from what the running system has stored."""
