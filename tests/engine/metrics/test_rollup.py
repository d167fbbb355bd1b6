"""Roll-up: what adds up, what is computed anew, and what is not put together."""

import os
import re
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.metrics.derive import in_order
from engine.metrics.history import History
from engine.metrics.rollup import OVER, rollups_of
from engine.org import org_of
from schema_defs.metric import Aggregate
from schema_defs.release import Release
from schema_defs.text import Lang
from tests.engine.metrics.test_window import orders
from tests.engine.metrics.world import CALENDAR, computed, dataset, lines, metric, records, release

ORDERS = dataset()
SHARED = dataset(
    name="shared", owner={"people": "seller", "share": "weight"}, region=None, fields=ORDERS.fields | {"seller": "text"}
)
METRICS = {
    "amount": {"value": "amount"},
    "count": {"aggregate": "count"},
    "customers": {"aggregate": "count_distinct", "value": "customer"},
    "average": {"aggregate": "average", "value": "amount"},
    "least": {"aggregate": "minimum", "value": "amount"},
    "greatest": {"aggregate": "maximum", "value": "amount"},
    "latest": {"aggregate": "last", "value": "amount"},
    "margin": {"formula": "amount - 2 * count / 3 - -amount"},
    "per_order": {"formula": "amount / count"},
    "more": {"formula": "amount + 1"},
    "rest": {"formula": "amount - per_order"},
    "rolling": {"of": "amount", "over": {"days": 10}},
    "growth": {"of": "amount", "compared": "last_period", "as": "ratio"},
    "change": {"of": "count", "compared": "last_year"},
    "month": {"of": "amount", "over": "month"},
    "share_to_date": {"of": "per_order", "over": "quarter"},
    "shared_sum": {"dataset": "shared", "value": "amount"},
    "shared_count": {"dataset": "shared", "aggregate": "count"},
    "kept_apart": {"value": "amount", "roll_up": {"people": "none"}},
    "kept_regional": {"value": "amount", "roll_up": {"regions": "none"}},
    "of_kept": {"formula": "kept_apart / count"},
    "anew": {"value": "amount", "roll_up": {"people": "recompute"}},
}
DOCUMENTS: Release = release(ORDERS, SHARED, *(metric(name, **keys) for name, keys in METRICS.items()))
ROLLUPS = rollups_of(DOCUMENTS, in_order(DOCUMENTS.metrics, METRICS))
EXPECTED = {
    # people, regions, time
    "amount": "sum sum sum",
    "count": "sum sum sum",
    "customers": "recompute recompute recompute",
    "average": "recompute recompute recompute",
    "least": "recompute recompute recompute",
    "greatest": "recompute recompute recompute",
    "latest": "recompute recompute recompute",
    "margin": "sum sum sum",
    "per_order": "recompute recompute recompute",
    "more": "recompute recompute recompute",
    "rest": "recompute recompute recompute",
    "rolling": "sum sum recompute",
    "growth": "recompute recompute recompute",
    "change": "sum sum recompute",
    "month": "sum sum recompute",
    "share_to_date": "recompute recompute recompute",
    "shared_sum": "sum sum sum",
    "shared_count": "recompute recompute sum",
    "kept_apart": "none sum sum",
    "kept_regional": "sum none sum",
    "of_kept": "recompute recompute recompute",
    "anew": "recompute sum sum",
}


@pytest.mark.parametrize("name", METRICS)
def test_what_is_not_written_is_as_the_metric_is(name: str) -> None:
    rollup = ROLLUPS[name]
    assert " ".join(getattr(rollup, over).how for over in OVER) == EXPECTED[name]
    assert all((getattr(rollup, over).why is None) == (getattr(rollup, over).how == "sum") for over in OVER)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_what_is_said_to_add_up_over_regions_and_time_does(seed: int) -> None:
    rows, sums = orders(seed), ("amount", "count", "margin", "change", "month")
    for name in sums:
        parts = computed(DOCUMENTS, {"orders": rows}, name, scope="region").rows
        whole = {(row.key, row.period): float(row.value) for row in parts}  # type: ignore[arg-type]
        for key, period in [place for place in whole if place[0] == "east"]:
            below = sum(whole.get((child, period), 0.0) for child in ("shanghai", "suzhou"))
            assert whole[key, period] == pytest.approx(below, abs=1e-6)
        if ROLLUPS[name].time.how == "sum":
            years = computed(DOCUMENTS, {"orders": rows}, name, by="year").rows
            months = computed(DOCUMENTS, {"orders": rows}, name, by="month").rows
            for year in years:
                total = sum(float(each.value) for each in months if each.period[:4] == year.period)  # type: ignore[arg-type]
                assert float(year.value) == pytest.approx(total, abs=1e-6)  # type: ignore[arg-type]


def test_what_is_not_put_together_has_no_number_above_and_says_so() -> None:
    rows = records(ORDERS, {"seller": "s01", "region": "shanghai", "amount": 7})
    found = computed(DOCUMENTS, {"orders": rows}, "kept_apart,kept_regional,of_kept", scope="person,region,company")
    assert [line.replace(",2026-03", "") for line in lines(found)] == [
        "kept_apart,company,company,",
        "kept_apart,person,s01,7.0000",
        "kept_apart,region,east,",
        "kept_apart,region,shanghai,",
        "kept_regional,company,company,",
        "kept_regional,person,s01,7.0000",
        "kept_regional,region,east,",
        "kept_regional,region,shanghai,7.0000",
        "of_kept,company,company,7.0000",
        "of_kept,person,s01,7.0000",
        "of_kept,region,east,7.0000",
        "of_kept,region,shanghai,7.0000",
    ]
    assert [said.en.split("metric ")[1].split(" is")[0] for said in found.warnings] == [
        "kept_apart", "kept_apart", "kept_regional", "kept_regional",
    ]  # fmt: skip
    day = date(2026, 3, 5)
    asked = History(DOCUMENTS, {"orders": rows}, org_of(DOCUMENTS.organisation), CALENDAR, ["kept_regional"], "region")  # type: ignore[arg-type]
    assert [asked.to_date("kept_regional", key, day, day) for key in ("east", "shanghai")] == [None, 7.0]


ROOT = Path(__file__).parents[3]
DOCS: dict[Lang, Path] = {"en": ROOT / "docs" / "documents.md", "zh": ROOT / "docs" / "zh" / "documents.md"}
KINDS = {
    # metric of above: what it is called in the docs
    "amount": ("sum", "sum"),
    "count": ("count", "count"),
    "shared_count": ("count, with split credit", "count，有分成"),
    "customers": ("count_distinct", "count_distinct"),
    "average": ("average", "average"),
    "least": ("minimum", "minimum"),
    "greatest": ("maximum", "maximum"),
    "latest": ("last", "last"),
    "per_order": ("formula: a ratio", "公式：比率"),
    "margin": ("formula: sums added, subtracted, times fixed numbers", "公式：对可相加的数做加减、乘固定数"),
    "month": ("over: to date, of what adds up", "over：累计，所看的指标可以相加"),
    "rolling": ("over: rolling days, of what adds up", "over：滚动天数，所看的指标可以相加"),
    "share_to_date": ("over: of what does not add up", "over：所看的指标不能相加"),
    "change": ("compared: a difference, of what adds up", "compared：差额，所看的指标可以相加"),
    "growth": ("compared: a ratio", "compared：比率"),
}
HEAD = {
    "en": "| kind | over people | over regions | over time | why not added |\n|---|---|---|---|---|",
    "zh": "| 种类 | 按人员 | 按区域 | 按时间 | 不能相加的原因 |\n|---|---|---|---|---|",
}
HOW = {"en": {"sum": "adds up", "recompute": "anew"}, "zh": {"sum": "相加", "recompute": "重新计算"}}


def documented(lang: Lang) -> str:
    """The table of the docs: what each kind of metric does."""
    lines = [HEAD[lang]]
    for name, called in KINDS.items():
        each = [getattr(ROLLUPS[name], over) for over in OVER]
        why = dict.fromkeys(rolled.why.in_(lang) for rolled in each if rolled.why is not None)
        cells = [called[lang == "zh"], *(HOW[lang][rolled.how] for rolled in each), "; ".join(why)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_docs_say_how_every_kind_of_metric_rolls_up(lang: Lang) -> None:
    """`DUIQI_WRITE_GOLDEN=1` writes the tables anew."""
    path, table = DOCS[lang], documented(lang)
    text = path.read_text(encoding="utf-8")
    if os.environ.get("DUIQI_WRITE_GOLDEN"):
        text = re.sub(r"(<!-- roll-ups -->\n).*?(<!-- end -->)", lambda m: f"{m[1]}{table}\n{m[2]}", text, flags=re.S)
        path.write_text(text, encoding="utf-8")
    assert table in text


def test_every_aggregate_is_in_the_table() -> None:
    assert set(get_args(Aggregate)) <= {en for en, _ in KINDS.values()}
