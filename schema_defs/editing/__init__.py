"""Changing one value of a document's text: only its own lines change, whatever else is written there."""

from schema_defs.editing.edit import REMOVE, EditError, Path, Remove, edit
from schema_defs.editing.plain import Value, plain

__all__ = ("REMOVE", "EditError", "Path", "Remove", "Value", "edit", "plain")
