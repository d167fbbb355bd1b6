"""What is wrong with one value of a row."""

from schema_defs.text import Said

SHOWN = 40


class WrongValueError(ValueError):
    """The value cannot be read as the field's type; `said` says why and how to mend it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.said = Said(zh=zh, en=en)


def shown(raw: object) -> str:
    """The value as a message quotes it: one line, at most 40 characters."""
    text = " ".join(str(raw).split())
    text = "".join(sign if sign.isprintable() else "�" for sign in text[: SHOWN + 1])
    return f"'{text if len(text) <= SHOWN else text[: SHOWN - 1] + '…'}'"


_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    0xA0: " ",
    0x202F: " ",
    0x2212: "-",
    0xFFE5: "¥",
}


def half_width(text: str) -> str:
    """Full-width digits, letters and signs as their ASCII twins, without surrounding blanks."""
    return text.strip() if text.isascii() else text.translate(_FULL_WIDTH).strip()
