"""Cells, and the places whose cells must be computed again."""
