"""What cannot be in a plan, told with its place."""

from collections.abc import Iterable

import msgspec

from schema_defs.errors import AuthorError
from schema_defs.issue import Issue
from schema_defs.text import Said

Path = tuple[str | int, ...]


class PlanFault(msgspec.Struct, frozen=True):
    """An issue of a plan and the path in its document, from which the line is found."""

    plan: str
    path: Path
    issue: Issue


class PlanError(AuthorError):
    """A plan that cannot be split as it is written; `faults` holds every reason that was found."""

    def __init__(self, faults: Iterable[PlanFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            Said(
                zh="\n".join(fault.issue.message.zh for fault in self.faults),
                en="\n".join(fault.issue.message.en for fault in self.faults),
            )
        )

    @property
    def issues(self) -> tuple[Issue, ...]:
        return tuple(fault.issue for fault in self.faults)


class Place(msgspec.Struct, frozen=True):
    """Where in which plan something stands, such as `regions.east.floor` of `sales_2026`."""

    plan: str
    path: Path = ()
    whose: str = ""

    def of(self, whose: str) -> "Place":
        """The same place, where it speaks of somebody in particular."""
        return Place(self.plan, self.path, whose)

    def at(self, *parts: str | int) -> "Place":
        """The place below this one."""
        return Place(self.plan, (*self.path, *parts), self.whose)

    def fault(self, code: str, zh: str, en: str, suggestion: Said | None = None) -> PlanFault:
        where = ".".join(map(str, self.path)) + (f" ({self.whose})" if self.whose else "")
        said = Said(
            zh=f"方案 {self.plan}{where and f' 的 {where}'}：{zh}", en=f"plan {self.plan}{where and f', {where}'}: {en}"
        )
        return PlanFault(self.plan, self.path, Issue(code=code, message=said, path=where, suggestion=suggestion))

    def warning(self, code: str, zh: str, en: str) -> Issue:
        """What the author should know although the plan can be split."""
        return msgspec.structs.replace(self.fault(code, zh, en).issue, level="warning")

    def refuse(self, code: str, zh: str, en: str, suggestion: Said | None = None) -> PlanError:
        """The error to raise for one thing that cannot be."""
        return PlanError([self.fault(code, zh, en, suggestion)])
