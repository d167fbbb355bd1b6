"""What every document, field and raw column is computed from, and what is computed from it."""

from engine.lineage.graph import Direction, Lineage, lineage_of
from engine.lineage.node import Node, node_of
from engine.lineage.reads import CONNECTION
from engine.lineage.tree import Line, tree

__all__ = ["CONNECTION", "Direction", "Line", "Lineage", "Node", "lineage_of", "node_of", "tree"]
