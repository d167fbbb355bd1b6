"""The three evaluators agree on every expression and every row: value, error, and what is counted."""

# ruff: noqa: DTZ001  # values of the language are local times without a zone

from datetime import date, datetime

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.expression import (
    Context,
    EvaluationError,
    Expression,
    ExpressionError,
    Trouble,
    Value,
    findings,
    parse,
    reference_value,
    row_function,
    tolerant,
    type_of,
)
from engine.expression.columns import column_function, column_of
from engine.expression.columns.frame import Memo
from engine.expression.kinds import BOOLEAN, DATE, DATETIME, MISSING, NUMBER, TEXT

NAMES = ["金额", "cost", "n", "状态", "t", "ok", "日期", "at", "gone", "anything"]

numbers = st.one_of(
    st.sampled_from(
        [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, 1e-9, 2e-9, 1e-12, 1.005, 2.675, 1e15, 1e300, -1e300, 1e-300, 5e-324]
    ),
    st.integers(-1000, 1000).map(lambda n: n / 100),
    st.floats(allow_nan=False, allow_infinity=False),
)
texts = st.sampled_from(["", "A", "B", "a", "高毛利", "高", "01", "2026-01-02", " x ", "ß", "é", "x" * 6000])
dates = st.one_of(
    st.sampled_from(
        [date(2026, 1, 2), date(2026, 3, 2), date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31), date(1969, 12, 31)]
    ),
    st.dates(date(2020, 1, 1), date(2027, 12, 31)),
)
moments = st.one_of(
    st.sampled_from(
        [
            datetime(2026, 1, 2),
            datetime(1969, 12, 31, 23, 59, 59, 999999),
            datetime(1, 1, 1),
            datetime(9999, 12, 31, 23),
        ]
    ),
    st.datetimes(datetime(2020, 1, 1), datetime(2027, 1, 1)),
)
missing = st.none()
anything = st.one_of(numbers, texts, st.booleans(), dates, moments, missing)


def mostly(strategy: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.one_of(strategy, strategy, strategy, strategy, strategy, missing, anything)


rows = st.fixed_dictionaries(
    {
        "金额": mostly(numbers),
        "cost": mostly(numbers),
        "n": numbers,
        "状态": mostly(texts),
        "t": texts,
        "ok": mostly(st.booleans()),
        "日期": mostly(dates),
        "at": mostly(moments),
        "gone": missing,
        "anything": anything,
    }
)


def joined(form: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda made: form.format(*made))


number_literals = st.sampled_from(["0", "1", "2", "-1", "0.1", "100", "1e-9", "1e308", "0.3", "1000000", "12", "2.5"])
text_literals = st.sampled_from(["'A'", "'高毛利'", "''", "'01'", "'x'", "'2026-01-02'"])

leaves_of_number = st.one_of(number_literals, st.sampled_from(["金额", "cost", "n", "n", "anything", "gone", "None"]))
leaves_of_text = st.one_of(text_literals, st.sampled_from(["状态", "t", "t", "anything", "null"]))
leaves_of_day = st.sampled_from(["日期", "at", "date('2026-01-02')", "date('2026-02-30')", "date(t)", "gone", "日期"])
leaves_of_truth = st.sampled_from(["ok", "ok", "true", "false", "None", "gone", "anything"])


def grown(depth: int) -> tuple[st.SearchStrategy[str], ...]:
    """Strategies for numbers, texts, days and conditions, as text, up to so deep."""
    if depth == 0:
        return leaves_of_number, leaves_of_text, leaves_of_day, leaves_of_truth
    number, text, day, truth = grown(depth - 1)
    some = st.one_of(number, number, text, day, truth)
    listed = st.lists(st.one_of(number, number), max_size=3).map(", ".join)
    listed_texts = st.lists(text, max_size=3).map(", ".join)
    next_number = st.one_of(
        leaves_of_number,
        joined("({} {} {})", number, st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "/", "+"]), number),
        joined("-{}", number),
        joined("+{}", number),
        joined("({} if {} else {})", number, truth, number),
        joined("({} if {} else {})", some, truth, some),
        joined("{}({}, {})", st.sampled_from(["min", "max", "coalesce", "round"]), number, number),
        joined("{}({})", st.sampled_from(["abs", "round", "floor", "ceil"]), number),
        joined("round({}, {})", number, st.sampled_from(["0", "1", "2", "4", "-2", "12", "13", "0.5", "n"])),
        joined("{}({})", st.sampled_from(["year", "quarter", "month", "day", "weekday"]), day),
        joined("{}({}, {})", st.sampled_from(["days_between", "working_days_between"]), day, day),
        joined("length({})", text),
        joined("map_value({})", some),
        joined("{}({}, {})", st.sampled_from(["min", "max", "coalesce"]), some, some),
    )
    next_text = st.one_of(
        leaves_of_text,
        joined("({} + {})", text, text),
        joined("{}({})", st.sampled_from(["lower", "upper", "trim", "map_value"]), text),
        joined("({} if {} else {})", text, truth, text),
        joined("coalesce({}, {})", text, text),
    )
    next_day = st.one_of(leaves_of_day, joined("({} if {} else {})", day, truth, day), joined("max({}, {})", day, day))
    signs = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    next_truth = st.one_of(
        leaves_of_truth,
        joined("({} {} {})", number, signs, number),
        joined("({} {} {})", text, signs, text),
        joined("({} {} {})", day, signs, day),
        joined("({} {} {})", some, signs, some),
        joined("({} {} {} {} {})", number, signs, number, signs, number),
        joined("({} {} {} in [{}])", some, signs, number, listed),
        joined("({} is {} {} {})", some, st.sampled_from(["None", "not None"]), signs, truth),
        joined("({} {} [{}])", number, st.sampled_from(["in", "not in"]), listed),
        joined("({} {} [{}])", text, st.sampled_from(["in", "not in"]), listed_texts),
        joined("({} {} {})", some, st.sampled_from(["is", "is not", "==", "!="]), st.just("None")),
        joined("({} and {})", truth, truth),
        joined("({} or {})", truth, truth),
        joined("({} and {} and {})", truth, truth, truth),
        joined("({} or {} or {})", truth, truth, truth),
        joined("(not {})", truth),
        joined("is_missing({})", some),
        joined("{}({}, {})", st.sampled_from(["contains", "starts_with", "ends_with"]), text, text),
    )
    return next_number, next_text, next_day, next_truth


expressions = st.one_of(*grown(2), *grown(3))

Answer = tuple[object, ...]


def context() -> Context:
    return Context(value_map={"01": "Bikes", "A": 5.0, "1": True, "高毛利": None}, trouble=Trouble())


def key(value: Value) -> tuple[str, object]:
    return type(value).__name__, value


def answer_of_reference(expression: Expression, row: dict[str, Value]) -> Answer:
    known = context()
    try:
        return (*key(reference_value(expression, row, known)), known.trouble.counts)
    except EvaluationError as error:
        return error.kind, error.at, error.said


def answer_of_row(expression: Expression, row: dict[str, Value]) -> Answer:
    known = context()
    try:
        return (*key(row_function(expression, known)(row)), known.trouble.counts)
    except EvaluationError as error:
        return error.kind, error.at, error.said


def answer_of_column(expression: Expression, row: dict[str, Value]) -> Answer:
    known = context()
    try:
        cells = column_function(expression, known)({name: column_of([value]) for name, value in row.items()}, rows=1)
        return (*key(cells.values(1)[0]), known.trouble.counts)
    except EvaluationError as error:
        return error.kind, error.at, error.said


@settings(max_examples=160, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=expressions, row=rows)
def test_one_row_comes_to_the_same_in_all_evaluators(text: str, row: dict[str, Value]) -> None:
    expression = parse(text, NAMES, where=["map"])
    answer = answer_of_reference(expression, row)
    assert answer_of_row(expression, row) == answer
    assert answer_of_column(expression, row) == answer


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=expressions, many=st.lists(rows, min_size=0, max_size=14))
def test_many_rows_in_columns_come_to_the_same_as_one_by_one(text: str, many: list[dict[str, Value]]) -> None:
    expression = parse(text, NAMES, where=["map"])
    one_by_one, at_once = context(), context()
    function = tolerant(row_function(expression, one_by_one), one_by_one)
    columns = {name: column_of([row[name] for row in many]) for name in NAMES}
    cells = column_function(expression, at_once, strict=False)(columns, rows=len(many))
    assert [key(value) for value in cells.values(len(many))] == [key(function(row)) for row in many]
    assert at_once.trouble == one_by_one.trouble


@settings(max_examples=32, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=expressions, second=expressions, many=st.lists(rows, min_size=1, max_size=14))
def test_expressions_that_share_their_parts_come_to_what_each_comes_to_alone(
    first: str, second: str, many: list[dict[str, Value]]
) -> None:
    columns = {name: column_of([row[name] for row in many]) for name in NAMES}
    memo: Memo = {}
    for text in (first, second, f"({first}) if n > 1 else ({second})", f"is_missing({second}) or ok", first):
        try:
            expression = parse(text, NAMES, where=["map"])
        except ExpressionError:  # the parts together are beyond a limit
            continue
        alone = context()
        cells = column_function(expression, alone, strict=False)(columns, rows=len(many))
        shared = column_function(expression, context()).untroubled(columns, len(many), memo)
        assert (shared is None) == (alone.trouble.total > 0)
        if shared is not None:
            assert [key(value) for value in shared.values(len(many))] == [
                key(value) for value in cells.values(len(many))
            ]


KINDS = {
    "金额": NUMBER,
    "cost": NUMBER,
    "n": NUMBER,
    "状态": TEXT,
    "t": TEXT,
    "ok": BOOLEAN,
    "日期": DATE,
    "at": DATETIME,
    "gone": MISSING,
}
fitting_rows = st.fixed_dictionaries(
    {
        "金额": st.one_of(numbers, missing),
        "cost": st.one_of(numbers, missing),
        "n": numbers,
        "状态": st.one_of(texts, missing),
        "t": texts,
        "ok": st.one_of(st.booleans(), missing),
        "日期": st.one_of(dates, missing),
        "at": st.one_of(moments, missing),
        "gone": missing,
    }
)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=expressions, row=fitting_rows)
def test_what_the_static_check_accepts_has_no_type_error_on_fitting_rows(text: str, row: dict[str, Value]) -> None:
    assume("anything" not in text and "map_value" not in text)
    expression = parse(text, NAMES)
    kind, found = findings(expression, KINDS)
    assume(not any(finding.level == "error" and finding.kind == "type" for finding in found))
    refused, value = None, None
    try:
        value = row_function(expression)(row)
    except EvaluationError as error:
        refused = error.kind
    assert refused in (None, "arguments", "limit")
    assert value is None or kind.type in ("any", type_of(value))
