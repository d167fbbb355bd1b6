"""A backtest as JSON: its days and summary, and how they differ from the same days with hindsight."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import msgspec

from engine.explain.hindsight import DayDifference
from engine.explain.late import LateRecord, Moved
from engine.records.record import Record
from engine.rules.backtest import Lived
from engine.rules.compare import Pair
from engine.rules.summary import Summary
from runtime.offline.backtesting import Looked, Replayed
from schema_defs.text import Lang


def days_json(replayed: Replayed, lang: Lang) -> str:
    return _text(
        {
            "rows": [row.plain() for row in replayed.rows],
            "summary": _summary(replayed.summary),
            "bad_rows": [bad.row(lang) for bad in replayed.bad],
            "warnings": [said.in_(lang) for said in replayed.warnings],
        }
    )


def hindsight_json(looked: Looked) -> str:
    why = {(each.scope.key, each.day): each for each in looked.differences}
    return _text(
        {
            "days": len(looked.compared.pairs),
            "then": _summary(looked.compared.then),
            "now": _summary(looked.compared.now),
            "differences": [
                _difference(pair, why.get((pair.then.key, pair.then.day))) for pair in looked.compared.differing
            ],
        }
    )


def _text(plain: Mapping[str, Any]) -> str:
    return msgspec.json.encode(plain).decode() + "\n"


def _summary(summary: Summary) -> dict[str, Any]:
    return {**msgspec.to_builtins(summary), "messages": summary.messages}


def _difference(pair: Pair, why: DayDifference | None) -> dict[str, Any]:
    place = {"rule": pair.then.rule, "scope": pair.then.scope, "key": pair.then.key, "day": pair.then.day}
    return {**place, "then": _side(pair.then), "now": _side(pair.now), "because": pair.because, "why": _why(why)}


def _side(lived: Lived) -> dict[str, Any]:
    return {"verdict": lived.verdict, "state": lived.state, "notices": lived.notices}


def _why(why: DayDifference | None) -> dict[str, Any] | None:
    if why is None:
        return None
    return {"was_late": why.was_late, "read": why.read, "moved": [_moved(each) for each in why.moved]}


def _moved(moved: Moved) -> dict[str, Any]:
    return {
        "metric": moved.metric,
        "scope": moved.scope.kind,
        "key": moved.scope.key,
        "then": _number(moved.then),
        "now": _number(moved.now),
        "records": [_record(each) for each in moved.records],
    }


def _record(late: LateRecord) -> dict[str, Any]:
    known = late.after or late.before
    assert known is not None
    return {
        "dataset": late.dataset,
        "key": known.key,
        "known_at": late.after.known_at if late.after else None,
        "before": _version(late.before),
        "after": _version(late.after),
        "by": _number(late.by),
    }


def _version(record: Record | None) -> dict[str, Any] | None:
    if record is None:
        return None
    return {
        "day": record.day,
        "owner": record.owner,
        "region": record.region,
        "void": record.void,
        "values": record.values,
    }


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
