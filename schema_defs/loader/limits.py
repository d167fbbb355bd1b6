"""How much a document may hold; what goes beyond is refused before it can cost time or memory."""

MAX_BYTES = 2_000_000
MAX_DEPTH = 32
MAX_NODES = 20_000
MAX_NODES_LARGE = 200_000
MAX_DOCUMENTS = 500
MAX_ISSUES = 500
MAX_EXPONENT = 400

LARGE_KINDS = frozenset({"organisation", "plan"})
"""Kinds that list every region and person of a company, and may therefore hold `MAX_NODES_LARGE` nodes."""
