"""Closures of the row evaluator: a fast path for the usual types, and the operation itself for everything else."""
