"""`message`: a sandboxed Jinja2 template per language and channel."""

from schema_defs.base import Document, Name
from schema_defs.text import Text


class Message(Document, frozen=True, kw_only=True, tag="message", tag_field="kind"):
    """`channels` replaces the body for single channel types."""

    title: Text
    body: Text
    channels: dict[Name, Text] = {}
