"""The texts of the pages: one flat catalogue per language in `locale/`, the same keys in each."""

import functools
import json
from pathlib import Path

from schema_defs.text import Lang

LOCALE = Path(__file__).parent / "locale"


@functools.cache
def catalogue(lang: Lang) -> dict[str, str | dict[str, str]]:
    """Key to text; a text that counts is `{"one": …, "other": …}`."""
    texts: dict[str, str | dict[str, str]] = json.loads((LOCALE / f"{lang}.json").read_text(encoding="utf-8"))
    return texts


def say(lang: Lang, key: str, /, **values: object) -> str:
    """The text of `key` with its `{names}` filled in; `n` picks one or other. An unknown key is a KeyError: a test finds it."""
    text = catalogue(lang)[key]
    if isinstance(text, dict):
        text = text["one" if values.get("n") == 1 else "other"]
    return text.format_map(values) if values else text
