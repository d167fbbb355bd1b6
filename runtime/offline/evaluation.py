"""`duiqi eval`: one expression, or many as JSON lines, by one or all evaluators."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, get_args

from engine.expression import (
    Context,
    Expression,
    ExpressionError,
    Value,
    parse,
    reference_value,
    row_function,
    type_of,
)
from engine.expression.columns import column_function, column_of
from engine.expression.functions import Where
from runtime.offline.variables import InputError, day_of, read_json, shortest, variables_of
from schema_defs.text import Lang, Said

Engine = Literal["reference", "row", "column"]
ENGINES: tuple[Engine, ...] = get_args(Engine)

Answer = dict[str, object]
"""`value` and `type`, or `error` and `kind`; with the `id` of its line, if that has one."""


@dataclass(frozen=True)
class Case:
    """An expression with the values of its names; `today` is the name and function of that word."""

    expression: str
    variables: Mapping[str, Value]
    today: date | None = None


@dataclass(frozen=True)
class Outcome:
    """What one evaluator said: a value with what it counted, or an error."""

    value: Value = None
    trouble: tuple[int, ...] = ()
    kind: str | None = None
    said: Said | None = None
    at: int | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for evaluators that agree."""
        if self.kind is not None:
            return self.kind, self.at
        return type_of(self.value), self.value, self.trouble

    def answer(self, lang: Lang) -> Answer:
        if self.kind is not None and self.said is not None:
            return refusal(self.kind, _with_place(self.said, self.at), lang)
        return {"value": shortest(self.value), "type": type_of(self.value)}


def evaluate(case: Case, engines: Sequence[Engine] = ENGINES, lang: Lang = "en") -> Answer:
    """The answer for one case; every error is an answer too."""
    outcomes = outcomes_of(case, engines)
    if differ(outcomes):
        return refusal("disagree", _disagreement(outcomes), lang)
    return next(iter(outcomes.values())).answer(lang)


def outcomes_of(case: Case, engines: Sequence[Engine]) -> dict[Engine, Outcome]:
    """What every evaluator said; a text that is refused before it runs is refused for all."""
    try:
        expression = _parsed(case.expression, _names(case), case.today is not None)
    except ExpressionError as error:
        return dict.fromkeys(engines, Outcome(kind=error.kind, said=error.said, at=error.at))
    values = case.variables if case.today is None else {"today": case.today, **case.variables}
    return {engine: _outcome(engine, expression, values, case.today) for engine in engines}


def differ(outcomes: Mapping[Engine, Outcome]) -> bool:
    """Whether two evaluators came to something else."""
    first = next(iter(outcomes.values()))
    return any(outcome.key != first.key for outcome in outcomes.values())


def evaluate_text(
    expression: str, variables: str, today: date | None, engines: Sequence[Engine] = ENGINES, lang: Lang = "en"
) -> Answer:
    """The answer for an expression and its variables as JSON text."""
    try:
        values = variables_of(read_json(variables))
    except InputError as error:
        return refusal("input", error.said, lang)
    return evaluate(Case(expression, values, today), engines, lang)


def evaluate_lines(
    lines: Iterable[bytes], today: date | None = None, engines: Sequence[Engine] = ENGINES, lang: Lang = "en"
) -> Iterator[Answer]:
    """An answer for every JSON line `{"id"?, "expression", "vars"?, "today"?}`; a bad line is answered as well. `today` is for lines without."""
    for line in lines:
        identity, case = case_of_line(line, today)
        answer = refusal("input", case.said, lang) if isinstance(case, InputError) else evaluate(case, engines, lang)
        yield {**identity, **answer}


def case_of_line(line: bytes, today: date | None) -> tuple[Answer, Case | InputError]:
    """The line's id, where it has one, and what it asks, or why it asks nothing."""
    try:
        members = _members(line)
        return _repeatable(members), _case_of(members, today)
    except InputError as error:
        return _identity(line), error


def written(answer: Answer) -> str:
    """The answer as one line of JSON."""
    return json.dumps(answer, ensure_ascii=False, allow_nan=False)


def refusal(kind: str, said: Said, lang: Lang) -> Answer:
    return {"error": said.in_(lang), "kind": kind}


def _members(line: bytes) -> dict[str, object]:
    try:
        value = read_json(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError(Said(zh="这一行不是 UTF-8 文字", en="the line is not UTF-8 text")) from None
    if not isinstance(value, dict):
        raise InputError(
            Said(
                zh='每一行应是一个对象，例如 {"expression": "1 + 1"}',
                en='a line is an object, such as {"expression": "1 + 1"}',
            )
        )
    return value


def _identity(line: bytes) -> Answer:
    """The id of a line that cannot be used, where it can still be read."""
    try:
        members = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return _repeatable(members) if isinstance(members, dict) else {}


def _repeatable(members: Mapping[str, object]) -> Answer:
    """The id of a line, if it has one that can be written."""
    identity: Answer = {"id": members["id"]} if "id" in members else {}
    try:
        written(identity).encode()
    except (ValueError, RecursionError):
        return {}
    return identity


def _case_of(members: Mapping[str, object], today: date | None) -> Case:
    expression = members.get("expression")
    if not isinstance(expression, str):
        raise InputError(Said(zh='缺少 "expression"，它应是一段文字', en='"expression" is missing, or is no text'))
    own = members.get("today")
    return Case(expression, variables_of(members.get("vars", {})), today if own is None else day_of(own))


def _names(case: Case) -> frozenset[str]:
    return frozenset(case.variables) if case.today is None else frozenset({"today", *case.variables})


@lru_cache(maxsize=512)
def _parsed(text: str, names: frozenset[str], dated: bool) -> Expression:
    where: tuple[Where, ...] = ("today",) if dated else ()
    return parse(text, names, where=where)


def _outcome(engine: Engine, expression: Expression, values: Mapping[str, Value], today: date | None) -> Outcome:
    context = Context(today=today)
    try:
        value = _RUN[engine](expression, values, context)
    except ExpressionError as error:
        return Outcome(kind=error.kind, said=error.said, at=error.at)
    except Exception as error:  # an evaluator that breaks has disagreed; the other lines must still be answered
        return Outcome(kind="disagree", said=Said(zh=f"求值器出错：{error!r}", en=f"the evaluator broke: {error!r}"))
    return Outcome(value=value, trouble=context.trouble.counts)


def _column_value(expression: Expression, values: Mapping[str, Value], context: Context) -> Value:
    columns = {name: column_of([values[name]]) for name in expression.names}
    return column_function(expression, context)(columns, rows=1).values(1)[0]


def _row_value(expression: Expression, values: Mapping[str, Value], context: Context) -> Value:
    return row_function(expression, context)(values)


def _with_place(said: Said, at: int | None) -> Said:
    if at is None:
        return said
    return Said(zh=f"{said.zh}（第 {at + 1} 个字符）", en=f"{said.en} (character {at + 1})")


def _disagreement(outcomes: Mapping[Engine, Outcome]) -> Said:
    told = "; ".join(f"{engine}: {outcome.kind or repr(outcome.value)}" for engine, outcome in outcomes.items())
    return Said(zh=f"求值器结果不一致：{told}", en=f"the evaluators differ: {told}")


_RUN: dict[Engine, Callable[[Expression, Mapping[str, Value], Context], Value]] = {
    "reference": reference_value,
    "row": _row_value,
    "column": _column_value,
}
