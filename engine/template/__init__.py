"""The sandbox for the templates that users write: Jinja2's grammar, our own interpreter.

Jinja2 parses; nothing that a user wrote is ever compiled or executed. The tree is checked against a list of allowed
nodes, then walked with a budget of steps and of characters, over plain values only. So a template cannot reach an
attribute, a method or a loader, and its cost is bounded however it is written.
"""

from engine.template.errors import TemplateError
from engine.template.render import check, render

__all__ = ["TemplateError", "check", "render"]
