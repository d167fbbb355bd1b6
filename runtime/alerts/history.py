"""A scope's judged days, through the one fold."""

from datetime import date

import msgspec

from engine.routing import Scope
from engine.rules.fold import Alert, Past, replay
from engine.rules.verdict import Judgement
from runtime.alerts.judging import Bench
from runtime.alerts.rows import JudgedDayRow
from runtime.bulk import read_many


class History(msgspec.Struct, frozen=True, kw_only=True):
    """A scope's judged days up to the step's day, replayed, with the values that the last of them read."""

    past: tuple[Past, ...]
    alert: Alert
    read: dict[str, object]
    late: bool


class _Facts(msgspec.Struct):
    """What the fold needs of a stored day."""

    holds: bool | None = None
    recovered: bool | None = True


_facts = msgspec.json.Decoder(_Facts).decode


async def history_of(bench: Bench, scope: Scope, day: date) -> History:
    """Every judged day of the scope up to `day`."""
    where = [("rule", "=", bench.rule.name), ("scope", "=", scope.kind), ("key", "=", scope.key), ("day", "<=", day)]
    found = await read_many(JudgedDayRow, bench.configured.tenant, ("day", "values", "judged"), where, order=("day",))
    judged = [(at, values) for at, values, is_judged in found if is_judged]
    judgements = (
        Judgement(at, facts.holds, facts.recovered) for at, facts in ((at, _facts(values)) for at, values in judged)
    )
    past = tuple(replay(bench.rule, judgements))
    last = msgspec.json.decode(judged[-1][1]) if judged else {}
    return History(
        past=past,
        alert=past[-1].alert if past else Alert(),
        read=last.get("read", {}),
        late=bool(last.get("late")),
    )
