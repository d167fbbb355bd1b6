"""What may be a name: an identifier in its own NFKC form, so that no two spellings mean one name."""

import unicodedata

from schema_defs.text import Said


def name_fault(text: str) -> tuple[Said, Said] | None:
    """Why the text cannot be a name, and a name that could; None when it can."""
    if text != unicodedata.normalize("NFKC", text):
        return Said(
            zh=f"名称 '{text}' 含有全角或兼容字符", en=f"the name '{text}' holds full-width or compatibility characters"
        ), _instead(text)
    if text.isidentifier() and not text.startswith("_"):
        return None
    return Said(
        zh=f"'{text}' 不是名称；名称由字母（任何文字）、数字和 _ 组成，以字母开头",
        en=f"'{text}' is no name; a name is made of letters of any script, digits and _, and begins with a letter",
    ), _instead(text)


def _instead(text: str) -> Said:
    """A name as near to the text as can be."""
    plain = unicodedata.normalize("NFKC", text)
    joined = "".join(char if char.isidentifier() or char.isdigit() else "_" for char in plain).strip("_")
    name = joined if joined.isidentifier() else f"n_{joined}" if f"n_{joined}".isidentifier() else "sales_2026"
    return Said(zh=f"例如 '{name}'", en=f"for example '{name}'")
