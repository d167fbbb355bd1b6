"""Plans of years that name less than the law itself gives off are no whole plans."""

from collections.abc import Iterator
from datetime import date

from engine.checks.finding import Finding
from engine.checks.view import View
from engine.year_plans import missing_of
from schema_defs.text import Said


def calendars(view: View) -> Iterator[Finding]:
    calendar = view.release.calendar
    for position, plan in enumerate(calendar.years):
        if missing := missing_of(plan.year, plan.off):
            yield Finding(
                document=calendar,
                path=("years", position, "off"),
                code="year-not-whole",
                message=not_whole(plan.year, missing),
                suggestion=Said(
                    zh="写全官方安排的所有放假日；个别日子请写在 holidays 或 working_days",
                    en="name every day off of the official plan; single days go into holidays or working_days",
                ),
            )


def not_whole(year: int, missing: list[date]) -> Said:
    """Which statutory days a plan of the year lacks."""
    named = "、".join(f"{day:%m-%d}" for day in missing[:5])
    return Said(
        zh=f"{year} 年的安排不完整：缺少法定节假日 {named}",
        en=f"the plan of {year} is not whole: the statutory days {named.replace('、', ', ')} are not off in it",
    )
