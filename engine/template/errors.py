"""What is wrong with a template."""

from typing import Literal

from schema_defs.errors import AuthorError
from schema_defs.text import Said

TemplateKind = Literal["syntax", "forbidden", "name", "type", "limit"]


class TemplateError(AuthorError):
    """A template that cannot be rendered: `line` counts from 1, `kind` is the class of the problem."""

    def __init__(self, kind: TemplateKind, line: int, zh: str, en: str) -> None:
        super().__init__(Said(zh=f"第 {line} 行：{zh}", en=f"line {line}: {en}"))
        self.kind = kind
        self.line = line
        self.plain = Said(zh=zh, en=en)
