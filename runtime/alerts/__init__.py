"""Judged days, alerts and answers."""
