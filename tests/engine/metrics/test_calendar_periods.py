"""Periods of a full computation by the tenant's own week and fiscal year."""

from datetime import date

import pytest

from engine.calendar import calendar_of
from engine.metrics.compute import Asked, compute
from engine.org import org_of
from schema_defs.calendar import Calendar
from tests.engine.metrics.world import ORGANISATION, dataset, metric, records, release


@pytest.mark.parametrize(
    ("calendar", "by", "periods"),
    [
        (Calendar(), "week", {"2026-03-02": 1, "2026-03-30": 2}),
        (Calendar(week_starts="sunday"), "week", {"2026-03-08": 1, "2026-03-29": 1, "2026-04-05": 1}),
        (Calendar(), "year", {"2026": 3}),
        (Calendar(fiscal_year_starts=4), "year", {"2025": 2, "2026": 1}),
        (Calendar(fiscal_year_starts=4), "quarter", {"2025-Q4": 2, "2026-Q1": 1}),
    ],
)
def test_a_record_is_in_the_period_of_the_tenant_s_calendar(
    calendar: Calendar, by: str, periods: dict[str, int]
) -> None:
    of = dataset()
    rows = records(of, *({"day": day} for day in ("2026-03-08", "2026-03-31", "2026-04-05")))
    asked = Asked(metrics=("lines",), by=by, scopes=("company",), today=date(2026, 6, 1))  # type: ignore[arg-type]
    documents = release(of, metric("lines", aggregate="count"))
    found = compute(documents, {"orders": rows}, asked, org_of(ORGANISATION), calendar_of(calendar))
    assert {row.period: row.value for row in found.rows} == periods
