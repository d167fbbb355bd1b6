"""Targets of the live release."""
