"""What is pinned about the language, in all three evaluators."""

# ruff: noqa: DTZ001  # values of the language are local times without a zone

from datetime import date, datetime

import pytest

from engine.expression import Context, EvaluationError, Trouble, Value, parse, reference_value, row_function, steps
from engine.expression.columns import column_function, column_of
from engine.expression.functions import FUNCTIONS

VALUES: dict[str, Value] = {
    "amount": 100.0,
    "cost": 60.0,
    "金额": 250.0,
    "category": "A",
    "ok": True,
    "no": False,
    "gone": None,
    "day1": date(2026, 1, 2),
    "day2": date(2026, 3, 5),
    "at": datetime(2026, 1, 2, 23, 30),
    "huge": 1e308,
    "tiny": 5e-324,
}


def in_reference(text: str, context: Context) -> Value:
    return reference_value(parse(text, VALUES, where=["map", "today"]), VALUES, context)


def in_row(text: str, context: Context) -> Value:
    return row_function(parse(text, VALUES, where=["map", "today"]), context)(VALUES)


def in_columns(text: str, context: Context) -> Value:
    columns = {name: column_of([value] * 3) for name, value in VALUES.items()}
    cells = column_function(parse(text, VALUES, where=["map", "today"]), context)(columns, rows=3)
    first, second, third = cells.values(3)
    assert first == second == third
    return first


EVALUATORS = pytest.mark.parametrize("evaluate", [in_reference, in_row, in_columns])

MEANINGS: list[tuple[str, Value]] = [
    # numbers are doubles, and the precedence is Python's
    ("1 + 2 * 3", 7.0),
    ("-2**2", -4.0),
    ("2**-1", 0.5),
    ("2**3**2", 512.0),
    ("7 / 2", 3.5),
    ("1_000 + .5", 1000.5),
    ("0.1 + 0.2", 0.30000000000000004),
    ("+3 - -3", 6.0),
    ("金额 - cost", 190.0),
    # the remainder has the divisor's sign; // takes what is nearly an integer as that integer
    ("-1 % 3", 2.0),
    ("1 % -3", -2.0),
    ("5.5 % 2", 1.5),
    ("-7 // 2", -4.0),
    ("1 // 0.1", 10.0),
    ("0.3 // 0.1", 3.0),
    ("floor(2.9999999999)", 3.0),
    ("floor(2.99999)", 2.0),
    ("floor(-2.5)", -3.0),
    ("ceil(3.0000000001)", 3.0),
    ("ceil(3.00001)", 4.0),
    ("ceil(-2.5)", -2.0),
    # what has no result is missing
    ("1 / 0", None),
    ("0 / 0", None),
    ("1 // 0", None),
    ("1 % 0", None),
    ("0 ** 0", 1.0),
    ("0 ** -1", None),
    ("(-8) ** (1 / 3)", None),
    ("(-2) ** 3", -8.0),
    ("10.0 ** 400", None),
    ("9 ** 9 ** 9", None),
    ("huge * 10", None),
    ("huge + huge", None),
    ("-huge - huge", None),
    ("1 / tiny", None),
    ("tiny / 2", 0.0),
    # equality is within 1e-9, or 1e-12 of the larger
    ("0.1 + 0.2 == 0.3", True),
    ("0.1 + 0.2 > 0.3", False),
    ("0.1 + 0.2 <= 0.3", True),
    ("1 == 1.0000000005", True),
    ("1 < 1.0000000005", False),
    ("1 == 1.000000002", False),
    ("1 < 1.000000002", True),
    ("1e15 == 1e15 + 100", True),
    ("1e15 == 1e15 + 2000", False),
    ("1e15 != 1e15 + 100", False),
    ("huge == -huge", False),
    ("3 in [1, 3.0000000001]", True),
    ("amount - cost >= 0.4 * amount", True),
    # rounding is decimal, half away from zero
    ("round(1.005, 2)", 1.01),
    ("round(2.675, 2)", 2.68),
    ("round(-2.675, 2)", -2.68),
    ("round(0.5)", 1.0),
    ("round(-0.5)", -1.0),
    ("round(2.5)", 3.0),
    ("round(1250, -2)", 1300.0),
    ("round(-1250, -2)", -1300.0),
    ("round(1249.99, -2)", 1200.0),
    ("round(0.1234567890125, 12)", 0.123456789013),
    ("round(1e300, 2)", 1e300),
    ("round(123456789012345.675, 2)", 123456789012345.67),
    # missing propagates, before types are looked at
    ("gone + 1", None),
    ("gone + 'a'", None),
    ("'a' * gone", None),
    ("-gone", None),
    ("gone == 1", None),
    ("gone < 'a'", None),
    ("gone == gone", None),
    ("max(1, gone)", None),
    ("upper(gone)", None),
    ("round(gone, 99)", None),
    ("gone is None", True),
    ("amount is None", False),
    ("gone is not None", False),
    ("gone == None", True),
    ("gone != None", False),
    ("None == gone", True),
    ("amount != null", True),
    ("null == None", True),
    ("1 / 0 is None", True),
    ("coalesce(gone, 7)", 7.0),
    ("coalesce(gone, gone, 'x')", "x"),
    ("coalesce(gone, null)", None),
    ("is_missing(1 / 0)", True),
    ("is_missing(0)", False),
    ("1 if gone else 2", None),
    ("1 if ok else 1 / 0", 1.0),
    ("1 / 0 if no else 2", 2.0),
    # Kleene, from the left; what is not needed is no error
    ("gone and no", False),
    ("no and gone", False),
    ("gone and ok", None),
    ("gone or ok", True),
    ("gone or no", None),
    ("not gone", None),
    ("no and 1", False),
    ("ok or 'text'", True),
    ("no and 'a' < 1", False),
    ("ok or 1 / 0", True),
    ("ok and ok and gone", None),
    ("no or gone or ok", True),
    # chains: every operand once, until one comparison is false
    ("1 < 2 < 3", True),
    ("1 < 2 > 3", False),
    ("3 < gone < 1", None),
    ("1 < gone < 3 < 2", False),
    ("2 < 1 < 'a'", False),
    ("1 == 1.0 != 2", True),
    ("0 < amount <= 100 in [100]", True),
    ("gone is None is None", True),
    # in
    ("category in ['A', 'B']", True),
    ("category not in ['A', 'B']", False),
    ("'C' in ['A', null]", None),
    ("'A' in ['A', null]", True),
    ("gone in ['A']", None),
    ("gone in []", None),
    ("1 in []", False),
    ("1 not in []", True),
    ("day1 in [date('2026-01-02')]", True),
    ("amount in [cost, cost + 40]", True),
    # texts
    ("'a' + \"b\"", "ab"),
    ("category + '-' + category", "A-A"),
    ("'B' > 'A'", True),
    ("'a' > 'B'", True),
    ("'a' == 'A'", False),
    ("'高' < '高毛利'", True),
    ("'it\\'s'", "it's"),
    ("'' == ''", True),
    # booleans
    ("true", True),
    ("ok == true", True),
    ("ok != no", True),
    ("not ok", False),
    # dates
    ("day1 < day2", True),
    ("day1 == date('2026-01-02')", True),
    ("max(day1, day2)", date(2026, 3, 5)),
    ("year(at)", 2026.0),
    ("day(at)", 2.0),
    ("days_between(day1, day2)", 62.0),
    ("days_between(day2, day1)", -62.0),
    ("days_between(at, day1)", 0.0),
    ("weekday(date('2026-03-01'))", 7.0),
    ("quarter(date('2026-12-31'))", 4.0),
    ("year(date('0001-01-01')) + year(date('9999-12-31'))", 10000.0),
    ("working_days_between(date('2026-03-06'), date('2026-03-06'))", 0.0),
    ("working_days_between(date('2026-03-05'), date('2026-03-09'))", 2.0),
    ("working_days_between(date('2026-03-09'), date('2026-03-05'))", 0.0),
    ("working_days_between(date('0001-01-01'), date('9999-12-31'))", 2608614.0),
    # more of the functions
    ("min('b', 'a')", "a"),
    ("max(3)", 3.0),
    ("map_value('unknown')", None),
    ("map_value(1)", "one"),
    ("map_value(1.0)", "one"),
    ("map_value(gone)", None),
    ("today()", date(2026, 3, 2)),
    ("length(trim('　x '))", 1.0),
    ("amount\n  > 1", True),
]


def context() -> Context:
    return Context(today=date(2026, 3, 2), value_map={"01": "Bikes", "1": "one"})


@EVALUATORS
@pytest.mark.parametrize(("text", "value"), MEANINGS)
def test_meaning(evaluate: object, text: str, value: Value) -> None:
    given = evaluate(text, context())  # type: ignore[operator]
    assert given == value
    assert type(given) is type(value)


TYPE_ERRORS = [
    "1 + 'a'",
    "'a' + 1",
    "'a' * 3",
    "'%099999999d' % 1",
    "'a' - 'b'",
    "-'a'",
    "+category",
    "true + 1",
    "-true",
    "true == 1",
    "true < false",
    "1 == '1'",
    "1 < 'a'",
    "amount in ['A']",
    "day1 < at",
    "day1 == 1",
    "day1 + 1",
    "day1 - day2",
    "1 and true",
    "true and 1",
    "gone and 1",
    "false or 'a'",
    "not 1",
    "not 'a'",
    "1 if 'a' else 2",
    "1 if 1 else 2",
    "abs('a')",
    "abs(true)",
    "upper(1)",
    "year('2026-01-02')",
    "max(1, 'a')",
    "max(true, false)",
    "max(day1, at)",
    "contains('abc', 1)",
    "coalesce(gone, 'a') + 1",
    "1 < 2 < 'a'",
]


@EVALUATORS
@pytest.mark.parametrize("text", TYPE_ERRORS)
def test_type_error(evaluate: object, text: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate(text, context())  # type: ignore[operator]
    assert caught.value.kind == "type"
    assert caught.value.at is not None
    assert 0 <= caught.value.at < len(text)


@EVALUATORS
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("round(1, 13)", "limit"),
        ("round(1, -1e300)", "limit"),
        ("round(1, 0.5)", "arguments"),
        ("date('2026-02-30')", "arguments"),
        ("date('20260102')", "arguments"),
        ("date(category)", "arguments"),
    ],
)
def test_values_that_a_function_refuses(evaluate: object, text: str, kind: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate(text, context())  # type: ignore[operator]
    assert caught.value.kind == kind


@EVALUATORS
@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("1 / 0 + 1 / 0", Trouble(division_by_zero=2)),
        ("0 ** -1", Trouble(division_by_zero=1)),
        ("huge * 10", Trouble(overflow=1)),
        ("(-1) ** 0.5", Trouble(not_a_number=1)),
        ("no and 1 / 0 > 1", Trouble()),
        ("gone and 1 / 0 > 1", Trouble(division_by_zero=1)),
        ("1 if ok else 1 / 0", Trouble()),
        ("2 < 1 < 1 / 0", Trouble()),
        ("1 < 1 / 0 < 3", Trouble(division_by_zero=1)),
        ("coalesce(1, 1 / 0)", Trouble(division_by_zero=1)),
        ("map_value('unknown')", Trouble(unmapped=1)),
        ("gone / 0", Trouble()),
    ],
)
def test_what_is_counted(evaluate: object, text: str, trouble: Trouble) -> None:
    known = context()
    evaluate(text, known)  # type: ignore[operator]
    rows = 3 if evaluate is in_columns else 1
    assert known.trouble.counts == tuple(count * rows for count in trouble.counts)


@pytest.mark.parametrize("name", FUNCTIONS)
@EVALUATORS
def test_the_example_of_a_functions_help_is_true(evaluate: object, name: str) -> None:
    function = FUNCTIONS[name]
    assert function.help.zh
    assert function.help.en
    assert evaluate(function.example, context()) == function.answer  # type: ignore[operator]


def test_a_text_that_grows_too_long_is_stopped() -> None:
    text = " + ".join(["t"] * 6)
    with pytest.raises(EvaluationError) as caught:
        row_function(parse(text))({"t": "x" * 2000})
    assert caught.value.kind == "limit"


def test_a_name_that_the_row_lacks_is_missing() -> None:
    expression = parse("a + b is None")
    assert row_function(expression)({"a": 1.0}) is True
    assert reference_value(expression, {"a": 1.0}) is True


def test_working_days_follow_the_given_calendar() -> None:
    day_off = date(2026, 3, 5)
    context = Context(is_working=lambda day: day.weekday() < 5 and day != day_off)
    expression = parse("working_days_between(date('2025-12-30'), date('2026-03-06'))")
    assert row_function(expression, context)({}) == 47.0
    assert row_function(expression)({}) == 48.0


def test_steps_tell_what_every_part_came_to() -> None:
    told = [(step.text, step.value) for step in steps(parse("no or amount > 2 * 金额"), VALUES)]
    assert told == [
        ("no", False),
        ("amount", 100.0),
        ("2", 2.0),
        ("金额", 250.0),
        ("2 * 金额", 500.0),
        ("amount > 2 * 金额", False),
        ("no or amount > 2 * 金额", False),
    ]
