"""A snapshot with the reader's rights: nobody's row but those that the reader may see, on the page as in the PDF."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from runtime.board import view
from runtime.meetings.frozen import Frozen
from runtime.meetings.restricted import hidden_metrics
from runtime.people.rights import Sight

Cells = Mapping[tuple[str, str], view.Cell]
"""Every frozen cell by row id and metric."""


def seen_by(frozen: Frozen, sight: Sight) -> Frozen:
    """What the reader may see of the snapshot. Sections about the company show the top of what the reader sees instead."""
    hidden = hidden_metrics(frozen.restricted, sight)
    if sight.everything and not hidden:
        return frozen
    board = frozen.board
    reader = _Reader(sight, hidden, _trees(board), _cells(board))
    sections = tuple(reader.section(section) for section in board.sections)
    label = reader.tops[0].label if reader.tops and not sight.everything else board.scope_label
    seen = msgspec.structs.replace(board, sections=sections, scope_label=label)
    return msgspec.structs.replace(frozen, board=seen, restricted={})


class _Reader:
    """Who reads, and what there is: all rows in tree order, and all cells."""

    def __init__(self, sight: Sight, hidden: frozenset[str], rows: Sequence[view.Row], cells: Cells) -> None:
        self._sight = sight
        self._hidden = hidden
        self._cells = cells
        seen = [row for row in rows if sight.sees(row.scope, row.key)]
        ids = {row.id for row in seen}
        self.tops = [row for row in seen if row.parent not in ids]

    def section(self, section: view.Section) -> view.Section:
        if isinstance(section, view.AlertsSection):
            seen = (alert for alert in section.alerts if self._sight.sees(alert.scope, alert.key))
            alerts = tuple(alert for alert in seen if not self._hidden.intersection(alert.reads))
            return msgspec.structs.replace(section, alerts=alerts)
        kept = [place for place, column in enumerate(section.columns) if column.metric not in self._hidden]
        columns = tuple(section.columns[place] for place in kept)
        return msgspec.structs.replace(section, columns=columns, rows=tuple(self._rows(section, columns)))

    def _rows(
        self, section: view.TableSection | view.TilesSection | view.TrendSection | view.RankingSection,
        columns: Sequence[view.Column],
    ) -> Iterator[view.Row]:  # fmt: skip
        seen = [row for row in section.rows if self._sight.sees(row.scope, row.key)]
        if not seen and any(row.scope == "company" for row in section.rows):
            seen = [row for row in self.tops if all((row.id, column.metric) in self._cells for column in columns)]
        ids = {row.id for row in seen}
        shift = min((row.level for row in seen), default=0)
        for row in seen:
            yield msgspec.structs.replace(
                row,
                level=row.level - shift,
                parent=row.parent if row.parent in ids else None,
                cells=tuple(self._cell(row, column) for column in columns),
                marks=tuple(mark for mark in row.marks if not self._hidden.intersection(mark.reads)),
            )

    def _cell(self, row: view.Row, column: view.Column) -> view.Cell:
        cell = self._cells[row.id, column.metric]
        told = cell.mark is None or not self._hidden.intersection(cell.mark.reads)
        return cell if told else msgspec.structs.replace(cell, mark=None)


def _trees(board: view.BoardView) -> Sequence[view.Row]:
    """The rows of the section that has most of them, as the others are parts of it."""
    sections = [section.rows for section in board.sections if not isinstance(section, view.AlertsSection)]
    return max(sections, key=len, default=())


def _cells(board: view.BoardView) -> Cells:
    found: dict[tuple[str, str], view.Cell] = {}
    for section in board.sections:
        if not isinstance(section, view.AlertsSection):
            for row in section.rows:
                for column, cell in zip(section.columns, row.cells, strict=True):
                    found.setdefault((row.id, column.metric), cell)
    return found
