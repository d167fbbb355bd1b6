"""Types and units before anything runs."""

import pytest

from engine.expression import ExpressionError, findings, infer, kind_of_field, parse
from engine.expression.kinds import (
    ANY,
    BOOLEAN,
    COUNT,
    DATE,
    DATETIME,
    DAYS,
    FREE,
    MISSING,
    NUMBER,
    PERCENT,
    TEXT,
    Kind,
    measured,
    money,
)
from schema_defs.dataset import Field

CATEGORIES = ("Bikes", "Components", "Clothing")
KINDS = {
    "amount": money("CNY"),
    "cost": money("CNY"),
    "dollars": money("USD"),
    "fee": money(),
    "orders": COUNT,
    "quantity": NUMBER,
    "share": PERCENT,
    "overdue": DAYS,
    "客户": TEXT,
    "category": Kind("text", choices=CATEGORIES),
    "paid": BOOLEAN,
    "ordered": DATE,
    "known": DATETIME,
    "hours": measured({"zh": "小时", "en": "h"}),
    "pieces": measured("pcs"),
}

GIVES = [
    ("1 + 2", FREE),
    ("amount + cost", money("CNY")),
    ("amount - 100", money("CNY")),
    ("amount * 0.1", money("CNY")),
    ("amount % 1000", money("CNY")),
    ("orders % 2", COUNT),
    ("quantity ** 2", NUMBER),
    ("2 ** 3", FREE),
    ("hours + 1", measured({"zh": "小时", "en": "h"})),
    ("hours + quantity", measured({"zh": "小时", "en": "h"})),
    ("hours / pieces", NUMBER),
    ("hours * pieces", NUMBER),
    ("amount / hours", money("CNY")),
    ("quantity * amount", money("CNY")),
    ("share * amount", money("CNY")),
    ("amount / orders", money("CNY")),
    ("amount / cost", NUMBER),
    ("(amount - cost) / amount * 100", NUMBER),
    ("fee + amount", money("CNY")),
    ("amount - quantity", money("CNY")),
    ("-amount", money("CNY")),
    ("abs(round(amount * 0.1, 2))", money("CNY")),
    ("max(amount - cost, 0)", money("CNY")),
    ("coalesce(amount, 0)", money("CNY")),
    ("amount if paid else 0", money("CNY")),
    ("amount if paid else null", money("CNY")),
    ("1 - share", PERCENT),
    ("orders + 1", COUNT),
    ("orders * 2", COUNT),
    ("days_between(ordered, known)", DAYS),
    ("overdue > 30 and paid", BOOLEAN),
    ("客户 + '-' + category", TEXT),
    ("length(客户)", COUNT),
    ("date('2026-01-02')", DATE),
    ("max(ordered, date('2026-01-02'))", DATE),
    ("amount in [1, 2]", BOOLEAN),
    ("amount is None or amount == null", BOOLEAN),
    ("null", MISSING),
    ("unknown + 1", ANY),
    ("unknown + 'a'", TEXT),
    ("category", Kind("text", choices=CATEGORIES)),
]


@pytest.mark.parametrize(("text", "kind"), GIVES)
def test_gives(text: str, kind: Kind) -> None:
    assert findings(parse(text), KINDS) == (kind, ())


REFUSED = [
    ("amount + orders", "unit"),
    ("amount - share", "unit"),
    ("amount < orders", "unit"),
    ("amount + dollars", "unit"),
    ("amount == dollars", "unit"),
    ("amount / dollars", "unit"),
    ("amount * cost", "unit"),
    ("amount ** 2", "unit"),
    ("2 ** amount", "unit"),
    ("amount % orders", "unit"),
    ("hours + pieces", "unit"),
    ("hours < orders", "unit"),
    ("pieces - amount", "unit"),
    ("max(hours, overdue)", "unit"),
    ("share + orders", "unit"),
    ("max(amount, orders)", "unit"),
    ("amount if paid else orders", "unit"),
    ("amount in [orders]", "unit"),
    ("客户 + 1", "type"),
    ("客户 * 2", "type"),
    ("客户 > 1", "type"),
    ("amount == '1'", "type"),
    ("amount in ['A']", "type"),
    ("ordered < known", "type"),
    ("ordered + 1", "type"),
    ("paid < paid", "type"),
    ("paid + 1", "type"),
    ("not amount", "type"),
    ("amount and paid", "type"),
    ("1 if amount else 2", "type"),
    ("amount if paid else 客户", "type"),
    ("coalesce(amount, 'none')", "type"),
    ("upper(amount)", "type"),
    ("year(客户)", "type"),
    ("abs(paid)", "type"),
    ("max(paid, paid)", "type"),
    ("-客户", "type"),
    ("date('2026-02-30')", "arguments"),
    ("round(amount, 13)", "limit"),
    ("round(amount, 0.5)", "arguments"),
]


@pytest.mark.parametrize(("text", "kind"), REFUSED)
def test_refused(text: str, kind: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        infer(parse(text), KINDS)
    assert caught.value.kind == kind
    assert caught.value.at is not None


def test_a_sum_of_money_and_a_count_is_refused_with_the_reason() -> None:
    _, (finding,) = findings(parse("cost + amount + orders"), KINDS)
    assert finding.said.en == "money (CNY) + a count: the units differ"
    assert finding.said.zh == "金额（CNY） + 计数：单位不同"


def test_units_that_the_documents_give_are_named() -> None:
    _, (finding,) = findings(parse("hours + pieces"), KINDS)
    assert finding.said.en == "a number (h) + a number (pcs): the units differ"
    assert finding.said.zh == "数字（小时） + 数字（pcs）：单位不同"


@pytest.mark.parametrize("text", ["category == 'Bike'", "'Bike' != category", "category in ['Clothing', 'Bike']"])
def test_a_choice_outside_its_list_is_a_warning_with_the_near_name(text: str) -> None:
    kind, (finding,) = findings(parse(text), KINDS)
    assert kind == BOOLEAN
    assert finding.level == "warning"
    assert text[finding.at :].startswith("'Bike'")
    assert "did you mean 'Bikes'?" in finding.said.en
    assert infer(parse(text), KINDS) == BOOLEAN


def test_one_mistake_is_told_once_and_two_twice() -> None:
    assert len(findings(parse("(客户 + 1) * 2 > 3"), KINDS)[1]) == 1
    assert [finding.at for finding in findings(parse("客户 > 1 and amount < orders"), KINDS)[1]] == [0, 11]


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (Field(type="text"), TEXT),
        (Field(type="customer"), TEXT),
        (Field(type="person"), TEXT),
        (Field(type="region"), TEXT),
        (Field(type="choice", choices=("A", "B")), Kind("text", choices=("A", "B"))),
        (Field(type="number"), NUMBER),
        (Field(type="number", unit="h"), measured("h")),
        (Field(type="money", currency="CNY"), money("CNY")),
        (Field(type="percent"), PERCENT),
        (Field(type="boolean"), BOOLEAN),
        (Field(type="date"), DATE),
        (Field(type="datetime"), DATETIME),
    ],
)
def test_kind_of_field(field: Field, kind: Kind) -> None:
    assert kind_of_field(field) == kind
