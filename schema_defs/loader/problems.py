"""Collects the problems of one file, up to a bound."""

from schema_defs.issue import Issue, Level
from schema_defs.loader.limits import MAX_ISSUES
from schema_defs.loader.node import Mark
from schema_defs.text import Said


class Stop(Exception):  # noqa: N818  # not an error of the program: reading of this file ends here
    """Reading cannot go on; the reason has been added to the problems."""


class Problems:
    """The issues of one file in the order in which they were found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.issues: list[Issue] = []

    def add(
        self,
        code: str,
        mark: Mark,
        message: Said,
        suggestion: Said | None = None,
        *,
        path: str = "",
        level: Level = "error",
    ) -> None:
        """Adds an issue; after `MAX_ISSUES` a last one says so, and reading stops."""
        if len(self.issues) >= MAX_ISSUES:
            self._append("too-many-problems", mark, _MANY, None, path, "error")
            raise Stop
        self._append(code, mark, message, suggestion, path, level)

    def stop(self, code: str, mark: Mark, message: Said, suggestion: Said | None = None) -> Stop:
        """Adds an issue after which the file cannot be read any further: `raise problems.stop(…)`."""
        self._append(code, mark, message, suggestion, "", "error")
        return Stop()

    def _append(self, code: str, mark: Mark, message: Said, suggestion: Said | None, path: str, level: Level) -> None:
        self.issues.append(
            Issue(
                code=code,
                message=message,
                level=level,
                file=self.file,
                line=mark.line,
                column=mark.column,
                path=path,
                suggestion=suggestion,
            )
        )


_MANY = Said(
    zh=f"问题超过 {MAX_ISSUES} 个，其余未列出；请先修改以上问题",
    en=f"there are more than {MAX_ISSUES} problems; mend those above first, the rest is not listed",
)
