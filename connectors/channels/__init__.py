"""Channels: how a message reaches people outside. One folder per type, one line in `registry.py`."""
