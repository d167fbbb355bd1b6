"""A source's map: expressions over the raw record, and value maps with their coverage."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import tzinfo

from engine.calendar import WorkCalendar
from engine.expression import Context, EvaluationError, Expression, parse, row_function
from engine.expression.functions import Where
from engine.expression.values import Value
from engine.records.coerce import boolean_of, finite, is_blank, text_of
from engine.records.columns import Wrong, are_texts, read_column
from engine.records.moments import date_of, parse_date
from engine.records.numbers import parse_percent
from engine.records.wanted import Wanted, wanted_kinds
from engine.records.wrong import WrongValueError, shown
from schema_defs.dataset import FieldType

Read = Callable[[Mapping[str, object]], object]


class Zones:
    """The zone of times that name none, and the tenant's."""

    def __init__(self, source: tzinfo, tenant: tzinfo) -> None:
        self.source = source
        self.tenant = tenant


class ValueMap(Mapping[str, Value]):
    """A value map that counts which keys it was asked for: `mapped` hits, and every unmapped one with its number of rows."""

    def __init__(self, values: Mapping[str, str | float | bool]) -> None:
        self._values = dict(values)
        self.mapped = 0
        self.unmapped: Counter[str] = Counter()
        self._rows = 1

    @contextmanager
    def asked_by(self, rows: int) -> Iterator[None]:
        """What is asked inside counts for so many rows."""
        self._rows = rows
        try:
            yield
        finally:
            self._rows = 1

    def __contains__(self, key: object) -> bool:
        if key in self._values:
            self.mapped += self._rows
            return True
        self.unmapped[str(key)] += self._rows
        return False

    def __getitem__(self, key: str) -> Value:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    @property
    def coverage(self) -> float | None:
        """The share of asked values that the map knows, or None when nothing was asked."""
        asked = self.mapped + self.unmapped.total()
        return self.mapped / asked if asked else None


class MappedField:
    """One field's expression; `read` gives the raw value for the field, or raises WrongValueError."""

    def __init__(
        self, text: str, target: FieldType, calendar: WorkCalendar, zones: Zones, values: ValueMap | None = None
    ) -> None:
        self.expression = parse(text, where=_IN_MAPS)
        self.values = values
        self._zones = zones
        self._wanted = _of_names(self.expression, wanted_kinds(self.expression.tree, target))
        self._call = row_function(self.expression, Context(is_working=calendar.is_working, value_map=values))
        self._alone = next(iter(self._wanted)) if "as_it_is" in self._wanted.values() else None

    @property
    def alone(self) -> str | None:
        """The raw column that the field is, where the expression is nothing but its name."""
        return self._alone

    def read(self, raw: Mapping[str, object]) -> object:
        if self._alone is not None:
            return raw.get(self._alone)
        names = {name: self._typed(name, raw.get(name), wanted) for name, wanted in self._wanted.items()}
        try:
            return self._call(names)
        except EvaluationError as error:
            given = {name: raw.get(name) for name in names}
            raise WrongValueError(
                f"映射 '{self.expression.text}' 无法计算：{error.said.zh}（原始值 {shown(given)}）",
                f"the mapping '{self.expression.text}' cannot be computed: {error.said.en} (raw values {shown(given)})",
            ) from None

    def read_all(self, raws: Sequence[Mapping[str, object]]) -> tuple[list[object], Wrong]:
        """As `read` for every row; where the expression reads one column of texts, once for each text."""
        if len(self._wanted) == 1:
            (column,) = self._wanted
            cells = [raw.get(column) for raw in raws]
            if are_texts(cells):
                rows = Counter(cells)
                return read_column(cells, lambda cell: self._of_rows({column: cell}, rows[cell]))
        return read_column(raws, self.read)

    def _of_rows(self, raw: Mapping[str, object], rows: int) -> object:
        if self.values is None:
            return self.read(raw)
        with self.values.asked_by(rows):
            return self.read(raw)

    def _typed(self, name: str, raw: object, wanted: Wanted) -> Value:
        if is_blank(raw):
            return None
        try:
            return _as_wanted(raw, wanted, self._zones)
        except WrongValueError as error:
            raise WrongValueError(
                f"原始列 '{name}'：{error.said.zh}", f"raw column '{name}': {error.said.en}"
            ) from None


def _of_names(expression: Expression, kinds: dict[str, Wanted]) -> dict[str, Wanted]:
    """Constants such as `true` and `null` look like names to the walk; only names of the record stay."""
    return {name: kinds.get(name, "text") for name in expression.names}


_IN_MAPS: tuple[Where, ...] = ("map",)


def _as_wanted(raw: object, wanted: Wanted, zones: Zones) -> Value:
    match wanted:
        case "number" if isinstance(raw, str):
            return parse_percent(raw)
        case "date" if isinstance(raw, str):
            return parse_date(raw, zones.source, zones.tenant)
        case "date" if hasattr(raw, "isoformat"):
            return date_of(raw, zones.source, zones.tenant)  # type: ignore[arg-type]  # only dates have it
        case "boolean" if isinstance(raw, str):
            return boolean_of(raw)
        case "text":
            return text_of(raw)
        case _:
            return finite(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw  # type: ignore[return-value]
