"""`board`: the sections of a page that shows numbers."""

from collections.abc import Iterator
from typing import Literal

from schema_defs.base import Document, Fault, Name, Part
from schema_defs.text import Said, Text

Shown = Literal["actual", "target", "attainment", "pace", "gap", "projection", "run_rate", "trend", "score"]
SECTION_KINDS = ("table", "tiles", "trend", "ranking", "alerts")


class Section(Part, frozen=True, kw_only=True):
    """Exactly one of `table`, `tiles`, `trend`, `ranking` (whose rows: regions, people or company) or `alerts`."""

    table: Literal["regions", "people", "company"] | None = None
    tiles: Literal["regions", "people", "company"] | None = None
    trend: Literal["regions", "people", "company"] | None = None
    ranking: Literal["regions", "people"] | None = None
    alerts: Literal["open", "all"] | None = None
    metrics: tuple[Name, ...] = ()
    show: tuple[Shown, ...] = ("actual", "target", "attainment", "trend")
    title: Text | None = None

    def faults(self) -> Iterator[Fault]:
        given = [kind for kind in SECTION_KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            allowed = " / ".join(SECTION_KINDS)
            yield Fault(
                path=(given[1],) if given else (),
                code="one-section",
                message=Said(
                    zh=f"一个区块必须且只能是其中之一：{allowed}", en=f"a section is exactly one of: {allowed}"
                ),
                suggestion=Said(
                    zh="例如 {table: regions, metrics: […]}", en="for example {table: regions, metrics: […]}"
                ),
            )


class Board(Document, frozen=True, kw_only=True, tag="board", tag_field="kind"):
    """`visible_to` names roles; without it everybody sees the board, each their own part."""

    sections: tuple[Section, ...]
    visible_to: tuple[Name, ...] = ()
    wall: bool = True
