from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.template import TemplateError, check, render
from schema_defs.text import Lang

VALUES = {
    "scope": {"key": "east", "label": {"zh": "华东", "en": "East China"}},
    "amount": 126_000,
    "attainment": 0.725,
    "nothing": None,
    "day": date(2026, 3, 2),
    "moment": datetime(2026, 3, 2, 18, 5),  # noqa: DTZ001 - as a local time is shown
    "yes": True,
    "people": [{"name": "甲", "value": 3}, {"name": "乙", "value": None}, {"name": "丙", "value": 1}],
    "完成率": 0.5,
}


def said(source: str, lang: Lang = "zh") -> str:
    return render(source, VALUES, lang)


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        ("{{ scope.label }}", "华东", "East China"),
        ("{{ scope['key'] }} {{ 完成率 | percent }}", "east 50.0%", "east 50.0%"),
        ("{{ amount }} {{ attainment }} {{ nothing }} {{ yes }}", "126000 0.725 – 是", "126000 0.725 – yes"),
        ("{{ day }} / {{ moment }}", "2026-03-02 / 2026-03-02 18:05", "2026-03-02 / 2026-03-02 18:05"),
        ("{{ day | date }} / {{ day | date('long') }}", "3月2日 / 2026年3月2日 周一", "2 Mar / Mon 2 Mar 2026"),
        ("{{ '2026-12-31' | date }} {{ moment | time }}", "12月31日 18:05", "31 Dec 18:05"),
        ("{{ people | length }}: {{ people[0].name }}, {{ (people | last).name }}", "3: 甲, 丙", "3: 甲, 丙"),
        ("{{ ['a', 'b', 1] | join }}", "a、b、1", "a, b, 1"),
        ("{{ ['a', 'b'] | join('/') }}", "a/b", "a/b"),
        ("{{ 'a long text' | truncate(6) }}", "a lon…", "a lon…"),
        ("{{ absent | default('无') }} {{ nothing | default(0) }}", "无 0", "无 0"),
        ("{{ (amount * 2) | number }} {{ amount / 0 }} {{ amount + nothing }}", "25.2 万 – –", "252.0K – –"),
        ("{{ 'up' if attainment >= 0.7 else 'down' }}", "up", "up"),
        ("{% if nothing > 3 %}a{% elif amount > 3 %}b{% else %}c{% endif %}", "b", "b"),
        ("{% if absent is defined %}a{% endif %}{% if nothing is none %}b{% endif %}", "b", "b"),
        ("{% for p in people if p.value is not none %}{{ loop.index }}/{{ loop.length }} {{ p.name }} {% endfor %}", "1/2 甲 2/2 丙 ", "1/2 甲 2/2 丙 "),
        ("{% for p in people | top(1) %}{{ p.name }}{% else %}none{% endfor %}", "甲", "甲"),
        ("{% for p in people if p.value == 9 %}{{ p.name }}{% else %}none{% endfor %}", "none", "none"),
        ("a\n{% if yes %}\nb\n{% endif %}\nc", "a\nb\nc", "a\nb\nc"),
        ("{{ 3 if 'a' in ['a'] and not nothing else 4 }} {{ 0 < attainment < 1 }}", "3 是", "3 yes"),
        ("{% raw %}{{ kept }}{% endraw %}{# gone #}", "{{ kept }}", "{{ kept }}"),
    ],
)  # fmt: skip
def test_what_a_template_says_in_each_language(source: str, zh: str, en: str) -> None:
    assert check(source) == []
    assert (said(source, "zh"), said(source, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0 元", "CNY 0"),
        (8.5, "8.5 元", "CNY 8.5"),
        (999.6, "999.6 元", "CNY 999.6"),
        (8_500, "8,500 元", "CNY 8,500"),
        (126_000, "12.6 万元", "CNY 126.0K"),
        (1_260_000, "126.0 万元", "CNY 1.26M"),
        (126_000_000, "1.26 亿元", "CNY 126.00M"),
        (99_940_000, "9,994.0 万元", "CNY 99.94M"),
        (5.3e8, "5.30 亿元", "CNY 530.00M"),
        (-126_000, "−12.6 万元", "−CNY 126.0K"),
        (99_999_999, "1.00 亿元", "CNY 100.00M"),
        (Decimal("10500000.0000"), "1,050.0 万元", "CNY 10.50M"),
        (None, "–", "–"),
    ],
)
def test_money_reads_in_the_units_of_the_language(value: object, zh: str, en: str) -> None:
    assert (render("{{ v | money }}", {"v": value}, "zh"), render("{{ v | money }}", {"v": value}, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("source", "value", "text"),
    [
        ("{{ v | percent }}", 0.8, "80.0%"),
        ("{{ v | percent }}", 0.72449, "72.4%"),
        ("{{ v | percent }}", -0.0004, "0.0%"),
        ("{{ v | percent(2) }}", 0.72455, "72.46%"),
        ("{{ v | number }}", 1234.5, "1,235"),
        ("{{ v | number }}", 1.005, "1.0"),
        ("{{ v | number(0) }}", 2.5, "3"),
        ("{{ v | number(2) }}", 1234, "1,234.00"),
        ("{{ v | exact }}", -1234.565, "−CNY 1,234.57"),
        ("{{ v | exact('USD') }}", 1234, "USD 1,234.00"),
        ("{{ v | money('HKD') }}", 12, "HKD 12"),
        ("{{ v }}", 1e-7, "0.0000001"),
        ("{{ v }}", 3.0, "3"),
    ],
)
def test_numbers_are_rounded_half_away_from_zero(source: str, value: object, text: str) -> None:
    assert render(source, {"v": value}, "en") == text


def test_a_text_per_language_is_picked_and_one_text_serves_both() -> None:
    assert render({"zh": "你好 {{ n }}", "en": "hello {{ n }}"}, {"n": 1}, "en") == "hello 1"
    assert render("{{ n }}", {"n": 1}, "en") == "1"
    assert render({"zh": "你好"}, {}, "en") == "你好"


def test_values_are_escaped_and_the_authors_own_words_are_not() -> None:
    text = render(
        "**{{ name }}** {{ names | join }}", {"name": "*a*", "names": ["*b*"]}, "zh", lambda v: v.replace("*", "＊")
    )
    assert text == "**＊a＊** ＊b＊"


@pytest.mark.parametrize(
    ("source", "kind", "line", "words"),
    [
        ("{{ amout }}", "name", 1, "there is no amout"),
        ("a\nb\n{{ scope.name }}", "name", 3, "there are key, label"),
        ("{{ people[7] }}", "name", 1, "[7]"),
        ("{{ scope }}", "type", 1, "name one: key, label"),
        ("{{ people }}", "type", 1, "use for or join"),
        ("{{ amount.x }}", "type", 1, "no names inside"),
        ("{{ scope.label.upper }}", "name", 1, "there are zh, en"),
        ("{{ amount * scope.key }}", "type", 1, "numbers only"),
        ("{{ amount < scope.key }}", "type", 1, "one kind"),
        ("\n{{ scope.key | money }}", "type", 2, "money: a number"),
        ("{{ yes | number }}", "type", 1, "number"),
        ("{{ scope.key | date }}", "type", 1, "a date"),
        ("{{ day | time }}", "type", 1, "a moment"),
        ("{% for p in scope %}{% endfor %}", "type", 1, "only a list"),
        ("{{ 'a' in scope.key }}", "type", 1, "a list stands after in"),
        ("{{ amount | number(99) }}", "type", 1, "0 to 6"),
        ("{% if amount %}", "syntax", 1, "syntax"),
        ("{{ amount | }}", "syntax", 1, "syntax"),
    ],
)
def test_a_mistake_is_named_with_its_line_in_both_languages(source: str, kind: str, line: int, words: str) -> None:
    with pytest.raises(TemplateError) as failed:
        render(source, VALUES, "zh")
    assert (failed.value.kind, failed.value.line) == (kind, line)
    assert words in failed.value.said.en
    assert f"第 {line} 行" in failed.value.said.zh


def test_checking_finds_all_problems_at_once_in_all_languages() -> None:
    found = check({"zh": "{{ a ~ b }}\n{% set x = 1 %}", "en": "{{ range(3) }}"})
    assert [line for line, _ in found] == [1, 2, 1]
    assert [said.en.split("]")[0] for _, said in found] == ["[zh", "[zh", "[en"]


def test_checking_against_the_known_names_suggests_the_near_one() -> None:
    source = "{{ amuont }}{% for p in people %}{{ p.name }}{{ loop.index }}{% endfor %}\n{{ q }}"
    found = check(source, names=["amount", "people"])
    assert [(line, said.en) for line, said in found] == [
        (1, "there is no amuont; did you mean amount?"),
        (2, "there is no q; there are amount, people"),
    ]


@pytest.mark.parametrize("value", [object(), {1}, b"x", {"a": [open]}, Exception("x"), datetime.now])
def test_values_with_behaviour_are_refused_before_anything_is_rendered(value: object) -> None:
    with pytest.raises(TypeError):
        render("fine", {"v": value}, "zh")


def test_moments_with_and_without_zone_are_not_compared() -> None:
    values = {"a": datetime(2026, 3, 2), "b": datetime(2026, 3, 2, tzinfo=UTC)}  # noqa: DTZ001 - the case
    with pytest.raises(TemplateError, match="one kind"):
        render("{{ a < b }}", values, "zh")
