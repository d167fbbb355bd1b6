"""Passwords and signing keys of connections: written once, shown never."""
