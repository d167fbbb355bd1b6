"""Organisations that share one installation."""
