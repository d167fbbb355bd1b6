"""What may be a name: an identifier in its own NFKC form, so that no two spellings mean one name."""

import unicodedata

from schema_defs.text import Said


def name_fault(text: str) -> tuple[Said, Said | None] | None:
    """Why the text cannot be a name, and a name that could; None when it can."""
    if text != unicodedata.normalize("NFKC", text):
        plain = unicodedata.normalize("NFKC", text)
        mend = Said(zh=f"写成 '{plain}'", en=f"write '{plain}'") if plain.isidentifier() else None
        return Said(
            zh=f"名称 '{text}' 含有全角或兼容字符", en=f"the name '{text}' holds full-width or compatibility characters"
        ), mend
    if text.isidentifier() and not text.startswith("_"):
        return None
    candidate = _candidate(text)
    mend = Said(zh=f"例如 '{candidate}'", en=f"for example '{candidate}'") if candidate else None
    return Said(
        zh=f"'{text}' 不是名称；名称由字母（任何文字）、数字和 _ 组成，以字母开头",
        en=f"'{text}' is no name; a name is made of letters of any script, digits and _, and begins with a letter",
    ), mend


def _candidate(text: str) -> str | None:
    joined = "".join(char if char.isidentifier() or char.isdigit() else "_" for char in text).strip("_")
    return joined if joined.isidentifier() else None
