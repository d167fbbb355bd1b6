"""JSON to node trees, with places; the builder's depth limit ends nesting long before the stack does."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder

from schema_defs.loader.builder import Builder
from schema_defs.loader.node import Mark, Node
from schema_defs.loader.problems import Problems, Stop
from schema_defs.text import Said

_STRINGS = JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORD = re.compile(r"true|false|null")
_TOKEN = re.compile(r"[^\s,\]}\[{:]{1,20}")


def read_json(text: str, problems: Problems) -> Iterator[tuple[int, Node]]:
    """The one document of the text with its first line, 1."""
    try:
        root = _JsonReader(text, problems).read()
    except Stop:
        return
    if root is not None:
        yield 1, root


class _JsonReader:
    """A position in the text, the brackets that are open, and what may come next."""

    def __init__(self, text: str, problems: Problems) -> None:
        self._text = text
        self._problems = problems
        self._builder = Builder(problems)
        self._at = 0
        self._open: list[str] = []
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def read(self) -> Node | None:
        self._skip()
        self._value()
        while self._open:
            self._skip()
            self._after_value()
        self._skip()
        if self._at < len(self._text):
            raise self._wrong(Said(zh="文档结束后还有内容", en="something follows after the end of the document"))
        return self._builder.finish()

    def _after_value(self) -> None:
        """A comma and the next member, or the closing bracket."""
        bracket = self._open[-1]
        char = self._text[self._at : self._at + 1]
        if char == ("}" if bracket == "{" else "]"):
            self._close()
        elif char == ",":
            self._at += 1
            self._skip()
            self._member()
        else:
            raise self._wrong(_COMMA)

    def _member(self) -> None:
        if self._open[-1] == "{":
            self._key()
        self._value()

    def _key(self) -> None:
        if self._text[self._at : self._at + 1] != '"':
            raise self._wrong(_KEY)
        self._string()
        self._skip()
        if self._text[self._at : self._at + 1] != ":":
            raise self._wrong(Said(zh="键后面需要冒号", en="a colon is needed after the key"))
        self._at += 1
        self._skip()

    def _value(self) -> None:
        char = self._text[self._at : self._at + 1]
        if char and char in "{[":
            self._begin(char)
        elif char == '"':
            self._string()
        elif number := _NUMBER.match(self._text, self._at):
            self._builder.scalar(self._mark(self._at), number.group(), "number")
            self._at = number.end()
        elif word := _WORD.match(self._text, self._at):
            is_null = word.group() == "null"
            self._builder.scalar(self._mark(self._at), word.group(), "null" if is_null else "boolean")
            self._at = word.end()
        else:
            raise self._wrong(_VALUE)

    def _begin(self, bracket: str) -> None:
        mark = self._mark(self._at)
        if bracket == "{":
            self._builder.open_mapping(mark)
        else:
            self._builder.open_sequence(mark)
        self._open.append(bracket)
        self._at += 1
        self._skip()
        if self._text[self._at : self._at + 1] == ("}" if bracket == "{" else "]"):
            self._close()
            return
        if bracket == "{":
            self._key()
        self._value()

    def _close(self) -> None:
        self._builder.close()
        self._open.pop()
        self._at += 1

    def _string(self) -> None:
        start = self._at
        try:
            value, self._at = _STRINGS.raw_decode(self._text, start)
        except JSONDecodeError as error:
            self._at = min(error.pos, len(self._text))
            raise self._wrong(_STRING) from None
        self._builder.scalar(self._mark(start), value, "text")

    def _skip(self) -> None:
        space = _SPACE.match(self._text, self._at)
        assert space is not None
        self._at = space.end()

    def _mark(self, at: int) -> Mark:
        line = bisect_right(self._lines, at)
        return Mark(line, at - self._lines[line - 1] + 1)

    def _wrong(self, why: Said) -> Stop:
        there = self._found()
        message = Said(
            zh=f"不是有效的 JSON：{why.zh}（遇到{there.zh}）", en=f"this is no valid JSON: {why.en} (found {there.en})"
        )
        return self._problems.stop("json-syntax", self._mark(self._at), message, _MEND)

    def _found(self) -> Said:
        if self._at >= len(self._text):
            return Said(zh="文件结尾", en="the end of the file")
        found = _TOKEN.match(self._text, self._at)
        given = found.group() if found else self._text[self._at]
        if not given.isprintable():
            return Said(zh=f"字符 U+{ord(given[0]):04X}", en=f"the character U+{ord(given[0]):04X}")
        return Said(zh=f" '{given}'", en=f"'{given}'")


_MEND = Said(
    zh='JSON 写成 {"键": 值, …}，末尾不加逗号，不写注释',
    en='write JSON as {"key": value, …}, without a comma at the end and without comments',
)
_COMMA = Said(zh="需要逗号或结束的括号", en="a comma or the closing bracket is needed")
_KEY = Said(zh="需要双引号括起的键", en="a key in double quotes is needed")
_VALUE = Said(
    zh="需要一个值：文本、数字、true、false、null、列表或映射（NaN 和 Infinity 不允许）",
    en="a value is needed: text, a number, true, false, null, a list or a mapping (NaN and Infinity are not allowed)",
)
_STRING = Said(
    zh="文本没有结束，或含有控制字符或无效的转义",
    en="the text is not closed, or holds a control character or a wrong escape",
)
