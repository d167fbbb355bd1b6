"""Text per language: what authors write (`Text`) and what we say (`Said`)."""

from typing import Literal

import msgspec

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")

Text = str | dict[Lang, str]
"""A label or message as an author writes it: one string, or a string per language."""


class Said(msgspec.Struct, frozen=True):
    """A sentence of ours in both languages."""

    zh: str
    en: str

    def in_(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


def pick(text: Text | None, lang: Lang, fallback: str = "") -> str:
    """The text in `lang`, else in the other language, else `fallback`."""
    if text is None:
        return fallback
    if isinstance(text, str):
        return text
    return text.get(lang) or next((text[other] for other in LANGS if text.get(other)), fallback)
