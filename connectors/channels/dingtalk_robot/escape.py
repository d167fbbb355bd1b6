"""Users' words inside DingTalk's Markdown.

The vendor does not promise that a backslash escapes, so what would become markup is written with its full-width
twin: it looks nearly the same and means nothing. A value stays in one line and cannot make a link, an image, a
heading, a list, a mention or an invisible change of direction.
"""

import re
import unicodedata

TWINS = str.maketrans({"[": "［", "]": "］", "*": "＊", "`": "｀", "\\": "＼", "|": "｜", "<": "＜"})
LINE_START = re.compile(r"^(?:(#{1,6})|(>)|([-+])(?=\s|$)|(\d{1,9})([.)])(?=\s|$)|(-{2,}|={2,})(?=\s*$))")
WIDE = str.maketrans({"#": "＃", ">": "＞", "-": "－", "+": "＋", ".": "．", ")": "）", "=": "＝"})
DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def clean(text: str) -> str:
    """The text without control characters (line feed and tab stay), marks of direction and lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(
        c for c in text if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in DIRECTION)
    )


def escape_markdown(text: str) -> str:
    """A user's value as one harmless line of DingTalk Markdown."""
    line = " ".join(clean(text).split())
    line = LINE_START.sub(lambda match: match.group().translate(WIDE), line)
    line = line.translate(TWINS)
    line = re.sub(r"(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])", "＿", line)
    line = line.replace("~~", "～～").replace("//", "／／")
    line = re.sub(r"\b(www)\.", r"\1．", line, flags=re.IGNORECASE)
    return re.sub(r"@(?=\s*\d{5})", "＠", line)
