"""A record's value as pages show it."""

from engine.rules.explain import shown
from runtime.board.drill import Field
from runtime.board.marks import name_of
from runtime.releases.prepared import Prepared
from schema_defs.text import Lang, Text, pick


def value_shown(configured: Prepared, field: Field, value: object) -> Text | float | bool | None:
    """A value as a table shows it: people and regions by name, days as ISO text."""
    if isinstance(value, str) and field.kind == "person":
        return name_of(configured, value)
    if isinstance(value, str) and field.kind == "region":
        return configured.org.label(value) if configured.org.has_region(value) else value
    if value is None or isinstance(value, str | float | bool):
        return value
    return str(value)


def value_words(configured: Prepared, field: Field, value: object, lang: Lang) -> str:
    """The value inside a sentence."""
    if value is None:
        return {"zh": "空", "en": "empty"}[lang]
    found = value_shown(configured, field, value)
    return pick(found, lang) if isinstance(found, dict) else shown(found)
