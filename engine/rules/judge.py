"""From a day's values to a judgement."""

import math
from collections.abc import Callable, Mapping
from datetime import date

import numpy as np

from engine.calendar import WorkCalendar
from engine.expression import Context, Expression, row_function, tolerant
from engine.expression.columns import Cells, Column, column_function, numbers
from engine.expression.columns.column import Array
from engine.expression.values import Value
from engine.metrics.contributions import truths
from engine.rules.names import read_rule_text
from engine.rules.verdict import Judgement
from schema_defs.rule import RuleBody


def is_judged(rule: RuleBody, calendar: WorkCalendar, day: date) -> bool:
    """Whether a verdict is taken on the day: on working days, or under `days: all` on every day."""
    return rule.days == "all" or calendar.is_working(day)


class Judge:
    """A rule's conditions, ready to be asked for any scope and day. Raises ExpressionError if one of them is no expression."""

    def __init__(self, rule: RuleBody, is_working: Callable[[date], bool] | None = None) -> None:
        self._is_working = is_working
        self._when = read_rule_text(rule.when)
        self._recover = read_rule_text(rule.recover_when) if rule.recover_when else None
        both = [self._when, self._recover] if self._recover else [self._when]
        self.names = tuple(sorted(frozenset().union(*(one.names for one in both))))
        self._reads_today = any("today" in one.functions for one in both)
        self._asked: dict[date | None, _Asked] = {}

    def judge(self, day: date, values: Mapping[str, Value]) -> Judgement:
        """The day's two facts. A value that is no finite number counts as missing; `day` is the judged day unless given."""
        row = {"day": day, **{name: _finite(value) for name, value in values.items()}}
        when, recover = self._asked_on(day)
        return Judgement(day, _truth(when(row)), _truth(recover(row)) if recover else True)

    def judge_many(self, days: Array, values: Mapping[str, Array]) -> tuple[Array, Array]:
        """`judge` of many days (as date.toordinal) at once: what holds and what has recovered, each 1, 0, or -1 for no data.

        Of the values not-a-number counts as missing.
        """
        if self._reads_today:
            return self._one_by_one(days, values)
        columns: dict[str, Cells] = {name: _finite_ones(each) for name, each in values.items()}
        columns["day"] = Column("date", days)
        context = Context(is_working=self._is_working)
        holds, recovered = (
            np.ones(len(days), dtype=np.int8) if each is None else _truths(each, columns, context, len(days))
            for each in (self._when, self._recover)
        )
        return holds, recovered

    def _one_by_one(self, days: Array, values: Mapping[str, Array]) -> tuple[Array, Array]:
        found = []
        for row, day in enumerate(days.tolist()):
            judged = self.judge(date.fromordinal(day), {name: float(each[row]) for name, each in values.items()})
            found.append([-1 if fact is None else int(fact) for fact in (judged.holds, judged.recovered)])
        both = np.array(found, dtype=np.int8).reshape(-1, 2)
        return both[:, 0], both[:, 1]

    def _asked_on(self, day: date) -> "_Asked":
        """The conditions as functions; `today()` is the judged day, and only then they differ from day to day."""
        today = day if self._reads_today else None
        if today not in self._asked:
            context = Context(today=today, is_working=self._is_working)
            recover = _compiled(self._recover, context) if self._recover else None
            self._asked = {today: (_compiled(self._when, context), recover)}
        return self._asked[today]


_Function = Callable[[Mapping[str, Value]], Value]
_Asked = tuple[_Function, _Function | None]


def _compiled(expression: Expression, context: Context) -> _Function:
    return tolerant(row_function(expression, context), context)


def _finite_ones(values: Array) -> Column:
    missing = ~np.isfinite(values)
    return numbers(np.where(missing, 0.0, values), missing)


def _truths(expression: Expression, columns: Mapping[str, Cells], context: Context, rows: int) -> Array:
    return truths(column_function(expression, context, strict=False)(columns, rows), rows)


def _finite(value: Value) -> Value:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _truth(value: Value) -> bool | None:
    """What is neither true nor false is no data."""
    return value if isinstance(value, bool) else None
