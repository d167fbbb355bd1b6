"""A running year without an official plan of days off is told of where documents count working days."""

from datetime import UTC, datetime

import msgspec
import pytest

from engine.checks import check
from schema_defs.issue import Issue
from schema_defs.loader import load_text
from tests.engine.checks.conftest import HERE, SOUND

CHINA = "{kind: calendar, name: c, country: CN}"
RULE = "{kind: rule, name: behind, metric: amount, when: actual < 1, days: %s}"
MEETING = "{kind: meeting, name: weekly, at: {weekday: monday, time: '10:00'}}"
PLAN = "{kind: plan, name: p, metric: amount, year: 2027, total: 12}"


def told(year: int, *documents: str) -> list[Issue]:
    loaded = load_text("---\n".join([SOUND, *(f"{each}\n" for each in documents)]), "added.yaml", one=False)
    here = msgspec.structs.replace(HERE, now=datetime(year, 6, 1, tzinfo=UTC))
    return [*loaded.issues, *check(loaded, here)]


@pytest.mark.parametrize(("document", "name"), [(RULE % "working", "behind"), (MEETING, "weekly")])
def test_it_is_said_once_with_who_goes_by_it_and_the_mend(document: str, name: str) -> None:
    [issue] = told(2027, CHINA, document)
    assert (issue.code, issue.level, issue.path) == ("predicted-year", "warning", "country")
    assert "2027" in issue.message.en
    assert name in issue.message.en
    assert name in issue.message.zh
    assert issue.suggestion is not None


@pytest.mark.parametrize(
    ("year", "documents"),
    [
        (2026, (CHINA, RULE % "working", MEETING)),
        (2027, (RULE % "working", MEETING)),
        (2027, (CHINA, RULE % "all")),
        (2027, (CHINA,)),
    ],
)
def test_nothing_is_said_where_no_prediction_counts(year: int, documents: tuple[str, ...]) -> None:
    assert told(year, *documents) == []


def test_what_a_plan_of_the_year_says_already_is_not_said_again() -> None:
    assert [issue.path for issue in told(2027, CHINA, RULE % "working", PLAN)] == ["year"]
