"""What changed between two configurations, in business words."""

from engine.diff.compare import Change, Detail, compare

__all__ = ["Change", "Detail", "compare"]
