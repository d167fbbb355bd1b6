"""The text of an expression before it is parsed: length, characters, quotes and comments."""

import re
import unicodedata

from engine.expression.errors import ExpressionError
from schema_defs.text import Said

MAX_LENGTH = 2000

_REFUSED = {
    "Cc": Said(zh="控制字符", en="a control character"),
    "Cf": Said(zh="不可见的格式字符", en="an invisible format character"),
    "Co": Said(zh="私用区字符", en="a private-use character"),
    "Cs": Said(zh="代理项字符", en="a surrogate character"),
    "Zl": Said(zh="行分隔符", en="a line separator"),
    "Zp": Said(zh="段落分隔符", en="a paragraph separator"),
}
_SPACES = "\n\r\t"
_LITERAL = re.compile(r"""'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*"|#|['"]""", re.DOTALL)
_PREFIX = re.compile(r"(?<![\w.])(?:[rbuft]|br|rb|fr|rf|tr|rt)\Z", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = "\\'\"ntruUx"


def clean(text: str) -> str:
    """The text as one line for the parser, every character in its place; ExpressionError where the text itself is refused."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            "limit",
            Said(
                zh=f"表达式最长 {MAX_LENGTH} 个字符，这里有 {len(text)} 个",
                en=f"an expression has at most {MAX_LENGTH} characters, not {len(text)}",
            ),
            MAX_LENGTH,
        )
    if not text.isprintable():
        refuse_characters(text)
    if "'" in text or '"' in text or "#" in text:
        _check_literals(text)
    return text.translate(_AS_SPACE)


def refuse_characters(text: str, at: int = 0) -> None:
    """ExpressionError for the first character that cannot be seen, or that means nothing outside of one machine."""
    for position, character in enumerate(text):
        refused = _REFUSED.get(unicodedata.category(character))
        if refused is not None and character not in _SPACES:
            code = f"U+{ord(character):04X}"
            raise ExpressionError(
                "forbidden",
                Said(zh=f"不允许{refused.zh} {code}，请删除", en=f"{refused.en}, {code}, is not allowed: remove it"),
                at + position,
            )


def without_texts(text: str) -> str:
    """The text with what stands between quotes blanked, for looking at its signs."""
    return _LITERAL.sub(lambda found: "_" * len(found.group()), text)


def _check_literals(text: str) -> None:
    end = -1
    for found in _LITERAL.finditer(text):
        literal, at = found.group(), found.start()
        if literal == "#":
            raise ExpressionError("forbidden", _COMMENT, at)
        if len(literal) == 1:
            raise ExpressionError("syntax", _UNCLOSED, at)
        if end >= 0 and not text[end:at].strip():
            raise ExpressionError("syntax", _SIDE_BY_SIDE, at)
        if _PREFIX.search(text, max(0, at - 3), at):
            raise ExpressionError("forbidden", _PREFIXED, at)
        _check_escapes(literal, at)
        end = found.end()


def _check_escapes(literal: str, at: int) -> None:
    for found in _ESCAPE.finditer(literal) if "\\" in literal else ():
        if found.group(1) not in _ESCAPES:
            written = found.group()
            raise ExpressionError(
                "syntax",
                Said(
                    zh=f"文字里的 {written} 没有意义；反斜杠本身写成 \\\\",
                    en=f"{written} means nothing in a text; a backslash itself is written \\\\",
                ),
                at + found.start(),
            )


_AS_SPACE = {ord(character): " " for character in _SPACES}
_COMMENT = Said(zh="表达式里不能写注释（#）", en="an expression holds no comment (#)")
_UNCLOSED = Said(zh="这个引号没有配对", en="this quote is never closed")
_SIDE_BY_SIDE = Said(zh="两段文字之间缺少逗号或 +", en="between these two texts a comma or + is missing")
_PREFIXED = Said(
    zh="文字只写成 '…' 或 \"…\"，前面不能有字母（f、r、b、u）",
    en="a text is written '…' or \"…\", without a letter (f, r, b, u) before it",
)
