"""Targets: splitting a plan exactly."""
