"""What a line of an explanation says about a return: of which record it is, and where it counts."""

from collections.abc import Sequence

from engine.metrics.aggregate import Measure
from engine.records.record import Record
from runtime.board.columns import visible_fields
from runtime.people.rights import Sight
from schema_defs.dataset import Dataset
from schema_defs.text import Text


def return_words(dataset: Dataset, sight: Sight, measures: Sequence[Measure], record: Record) -> Text | None:
    """None for what is no return. The original's key is named where the reader sees the fields that hold it."""
    if record.returns is None:
        return None
    name = _original(dataset, sight, record)
    if not any(measure.policy and measure.policy.returns == "original" for measure in measures):
        return {"zh": f"退货（原单 {name}）", "en": f"a return of {name}"} if name else {"zh": "退货", "en": "a return"}
    if record.original is None:
        return {
            "zh": f"退货，找不到原单 {name or ''}：计入它自己的日期".replace(" ：", "："),
            "en": f"a return whose original{f' {name}' if name else ''} is not known: it counts on its own day",
        }
    day = record.original.day.isoformat()
    return {
        "zh": f"退货，原单 {name}，计入 {day}" if name else f"退货，计入原单日期 {day}",
        "en": f"a return of {name}, counted on {day}" if name else f"a return, counted on its original's day {day}",
    }


def _original(dataset: Dataset, sight: Sight, record: Record) -> str | None:
    seen = {name for name, _ in visible_fields(dataset, sight)}
    if not record.returns or dataset.returns is None or not seen.issuperset(dataset.returns.fields):
        return None
    return "-".join(_plain(part) for part in record.returns)


def _plain(part: object) -> str:
    return str(int(part)) if isinstance(part, float) and part.is_integer() else str(part)
