"""Metrics: exact aggregates over records, formulas over metrics, at every level."""
