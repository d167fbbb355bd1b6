"""What the YAML parser complains about, said so that a business owner can mend it."""

from schema_defs.loader.node import Mark
from schema_defs.text import Said

_KNOWN: tuple[tuple[str, Said, Said], ...] = (
    (
        "mapping values are not allowed",
        Said(zh="这里不能再有冒号", en="a colon is not possible here"),
        Said(zh="检查缩进；文本里有冒号时加引号", en="check the indentation; put text that holds a colon in quotes"),
    ),
    (
        "expected ':'",
        Said(zh="这一行缺少冒号", en="a colon is missing in this line"),
        Said(zh="写成 键: 值（冒号后有空格）", en="write key: value (with a space after the colon)"),
    ),
    (
        "'\\t'",
        Said(zh="这里不能用制表符", en="a tab is not possible here"),
        Said(zh="缩进只用空格", en="indent with spaces only"),
    ),
    (
        "tab",
        Said(zh="这里不能用制表符", en="a tab is not possible here"),
        Said(zh="缩进只用空格", en="indent with spaces only"),
    ),
    (
        "expected <block end>",
        Said(zh="缩进或结构不对", en="the indentation or the structure is wrong here"),
        Said(zh="同一层的键从同一列开始", en="keys of one level begin in the same column"),
    ),
    (
        "unexpected end of stream",
        Said(zh="引号没有结束", en="a quotation mark is not closed"),
        Said(zh="补上结束的引号", en="add the closing quotation mark"),
    ),
    (
        "expected ',' or",
        Said(zh="列表或映射没有结束，或缺少逗号", en="a list or mapping is not closed, or a comma is missing"),
        Said(zh="补上逗号或结束的括号", en="add the comma or the closing bracket"),
    ),
    (
        "cannot start any token",
        Said(zh="这个字符不能在这里开头", en="this character cannot begin a value"),
        Said(zh="给文本加引号", en="put the text in quotes"),
    ),
    (
        "unknown escape character",
        Said(zh="双引号里的反斜杠写法不对", en="the backslash inside the double quotes means nothing"),
        Said(zh="写成 \\\\，或改用单引号", en="write \\\\ or use single quotes"),
    ),
)
_LOOK = Said(zh="检查这一行和上一行的写法", en="look at how this line and the one before are written")
WIDE_COLON = Said(
    zh="这一行用了全角冒号；请用半角冒号加空格（: ）",
    en="this line has a full-width colon; use ':' followed by a space",
)


def syntax_error(problem: str, text: str, mark: Mark) -> tuple[Said, Said]:
    """The message and the suggestion for a parser's complaint at a place of the text."""
    message = Said(zh=f"不是有效的 YAML（{problem}）", en=f"this is no valid YAML ({problem})")
    suggestion = _LOOK
    for part, said, mend in _KNOWN:
        if part in problem:
            message = Said(zh=f"不是有效的 YAML：{said.zh}", en=f"this is no valid YAML: {said.en}")
            suggestion = mend
            break
    return message, WIDE_COLON if _has_wide_colon(text, mark) else suggestion


def _has_wide_colon(text: str, mark: Mark) -> bool:
    lines = text.splitlines()
    return any("：" in line and ":" not in line for line in lines[max(0, mark.line - 2) : mark.line])
