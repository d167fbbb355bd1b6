"""Many metrics over the same facts at once: filters and parts of expressions that several share are calculated once."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np

from engine.expression.columns import Cells, ColumnFunction, column_function
from engine.expression.columns.column import Array
from engine.metrics.aggregate import Measure
from engine.metrics.contributions import holds, without_missing
from engine.metrics.facts import Facts, Money
from engine.metrics.folding import Contributed, totals_of
from engine.metrics.linear import in_units
from engine.metrics.ready import Ready
from engine.metrics.segments import Segments
from engine.metrics.totals import Totals, cells_of, joined

ROWS_AT_ONCE = 1 << 16
"""So many rows of some columns stay in the processor's cache."""


def all_totals(
    measures: Sequence[Measure], facts: Facts, *, sets: bool = False, at_once: int = ROWS_AT_ONCE
) -> dict[str, Totals]:
    """What every metric gives for every group of the facts; what has no result is counted in the measures' trouble.

    `sets`: distinct counts keep their values, as partial results for storing need them.
    """
    programs = [_Program(measure) for measure in measures]
    parts: list[list[Totals]] = [[] for _ in programs]
    for piece in facts.pieces(at_once):
        shared = _Shared(piece)
        for program, found in zip(programs, parts, strict=True):
            found.append(totals_of(program.measure, program.contributed(shared, sets)))
    return {program.measure.name: joined(found) for program, found in zip(programs, parts, strict=True) if found}


def with_derived(ready: Ready, totals: Mapping[str, Totals], groups: int) -> dict[str, Cells]:
    """Every metric's values, one per group: the base metrics', and those computed from them."""
    return all_derived(ready, {name: cells_of(each) for name, each in totals.items()}, groups)


def all_derived(ready: Ready, values: Mapping[str, Cells], groups: int) -> dict[str, Cells]:
    """The values of the base metrics, and of those that are computed from them."""
    values = dict(values)
    for name, derived in ready.derived.items():
        values[name] = column_function(derived.expression, derived.context, strict=False)(
            {each: values[each] for each in derived.inputs if each in values}, groups
        )
    return values


class _Kept(msgspec.Struct, frozen=True):
    """Rows of a piece, ascending (None: all), with how many each group has."""

    rows: Array | None
    segments: Segments


class _Shared:
    """A piece of the facts, with what metrics have found out about it so far."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.columns = _AsCells(facts.columns)
        self.memo: dict[str, Cells] = {}
        self.kept: dict[str, _Kept] = {}
        self.amounts: dict[tuple[int, str], tuple[_Kept, Contributed]] = {}
        ends = np.append(facts.starts[1:], facts.rows)
        self.everything = _Kept(None, Segments(ends - facts.starts))

    def mask_of(self, kept: _Kept) -> Array:
        mask = np.full(self.facts.rows, kept.rows is None)
        if kept.rows is not None:
            mask[kept.rows] = True
        return mask

    def of_mask(self, mask: Array) -> _Kept:
        """The rows of the mask."""
        counts = np.add.reduceat(mask.view(np.int8), self.facts.starts, dtype=np.int64)
        return _Kept(np.flatnonzero(mask), Segments(counts))


class _AsCells(Mapping[str, Cells]):
    """The columns as expressions see them."""

    def __init__(self, columns: Mapping[str, Cells | Money]) -> None:
        self._columns = columns
        self._cells: dict[str, Cells] = {}

    def __getitem__(self, name: str) -> Cells:
        if name not in self._cells:
            column = self._columns[name]
            self._cells[name] = column.cells() if isinstance(column, Money) else column
        return self._cells[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


class _Program:
    """A measure with its expressions made ready for columns."""

    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        where, value = measure.where_expression, measure.value_expression
        self._where = None if where is None else column_function(where, measure.context, strict=False)
        self._value = None if value is None else column_function(value, measure.context, strict=False)

    def contributed(self, shared: _Shared, sets: bool) -> Contributed:
        """What the rows of a piece contribute."""
        kept = self._kept(shared)
        if self._value is None or not len(kept.segments.starts):
            return Contributed(segments=kept.segments, sets=sets)
        if self._adds_whole_amounts(shared):
            assert self.measure.value_expression is not None
            money = in_units(self.measure.value_expression, shared.facts.columns)
            if money is not None:
                return self._of_amounts(shared, kept, money)
        return self._of_values(shared, kept, self._evaluated(self._value, shared, kept), sets)

    def _kept(self, shared: _Shared) -> _Kept:
        """The rows that the filter lets through."""
        if self._where is None:
            return shared.everything
        assert self.measure.where_expression is not None
        text = self.measure.where_expression.text
        if text in shared.kept:
            return shared.kept[text]
        cells = self._where.untroubled(shared.columns, shared.facts.rows, shared.memo)
        if cells is None:
            return shared.of_mask(holds(self._where(shared.columns, shared.facts.rows), shared.facts.rows))
        shared.kept[text] = shared.of_mask(holds(cells, shared.facts.rows))
        return shared.kept[text]

    def _adds_whole_amounts(self, shared: _Shared) -> bool:
        splits = self.measure.aggregate == "sum" and shared.facts.shares is not None
        return self.measure.aggregate in ("sum", "average") and self.measure.shape.is_money and not splits

    def _of_amounts(self, shared: _Shared, kept: _Kept, money: Money) -> Contributed:
        """Amounts in whole units; the same for every metric with the filter and the value."""
        assert self.measure.value_expression is not None
        key = id(kept), self.measure.value_expression.text
        if key not in shared.amounts:
            own = kept if money.missing is None else shared.of_mask(shared.mask_of(kept) & ~money.missing)
            values = money if own.rows is None else money.take(own.rows)
            shared.amounts[key] = kept, Contributed(segments=own.segments, values=values)
        return shared.amounts[key][1]

    def _of_values(self, shared: _Shared, kept: _Kept, values: Cells, sets: bool) -> Contributed:
        index, values = without_missing(self.measure, values, int(kept.segments.ends[-1]))
        if index is not None:
            mask = np.zeros(shared.facts.rows, dtype=bool)
            mask[index if kept.rows is None else kept.rows[index]] = True
            kept = shared.of_mask(mask)
        rows, facts = kept.rows, shared.facts
        return Contributed(
            segments=kept.segments,
            values=values,
            shares=facts.shares if rows is None or facts.shares is None else facts.shares[rows],
            orders=lambda: facts.orders if rows is None else [facts.orders[row] for row in rows.tolist()],
            sets=sets,
        )

    def _evaluated(self, value: ColumnFunction, shared: _Shared, kept: _Kept) -> Cells:
        everywhere = value.untroubled(shared.columns, shared.facts.rows, shared.memo)
        if everywhere is not None:
            return everywhere if kept.rows is None else everywhere.take(kept.rows)
        assert self.measure.value_expression is not None
        names = [name for name in self.measure.value_expression.names if name in shared.columns]
        if kept.rows is None:
            return value({name: shared.columns[name] for name in names}, shared.facts.rows)
        return value({name: shared.columns[name].take(kept.rows) for name in names}, len(kept.rows))
