"""The one way out: requests to addresses that a user configured, guarded against reaching what they must not."""
