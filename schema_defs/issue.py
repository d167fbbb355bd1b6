"""One problem of a document, with its place and its mend."""

from typing import Literal

import msgspec

from schema_defs.text import Lang, Said

Level = Literal["error", "warning"]


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong at `file:line:column` (1-based), in both languages.

    `code` is stable and machine-readable, such as `unknown-key`; `path` is the place inside the document, such as `regions[0].parent`.
    """

    code: str
    message: Said
    level: Level = "error"
    file: str = ""
    line: int = 1
    column: int = 1
    path: str = ""
    suggestion: Said | None = None

    def row(self, lang: Lang) -> dict[str, object]:
        """The issue as `check --json` prints it."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "level": self.level,
            "code": self.code,
            "message": self.message.in_(lang),
            "suggestion": self.suggestion.in_(lang) if self.suggestion else None,
        }
