"""Plans of years that are not whole, and a running year whose working days are counted without an official plan."""

from collections.abc import Iterator
from datetime import date

from engine.calendar import calendar_of
from engine.checks.finding import Finding
from engine.checks.view import View
from engine.year_plans import missing_of, predicted
from schema_defs.text import Said

IMPORT = Said(
    zh="安排公布后用 duiqi calendar import 导入，或写在 calendar 文档的 years 中",
    en="when it is announced, import it with duiqi calendar import, or write it into the calendar's years",
)
_SHOWN = 5


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
    yield from _running_year(view)


def _running_year(view: View) -> Iterator[Finding]:
    """Rules that count working days and meetings that move past days off, while the year's days off are predicted.

    A plan of targets for the year says the same, so then it is not said again.
    """
    calendar, now = calendar_of(view.release.calendar), view.available.now
    if now is None or not calendar.predicted(year := calendar.today(now).year):
        return
    counting = [rule.name for rule in view.release.rules.values() if rule.days == "working"]
    named = [*counting, *view.release.meetings]
    if not named or any(plan.year == year for plan in view.release.plans.values()):
        return
    [said], shown = predicted(calendar, [year]), named[:_SHOWN]
    more_zh, more_en = (" 等", " and others") if len(named) > _SHOWN else ("", "")
    yield Finding(
        document=view.release.calendar,
        path=("country",),
        level="warning",
        code="predicted-year",
        message=Said(
            zh=f"{said.zh}；{'、'.join(shown)}{more_zh}按它计算",
            en=f"{said.en}: {', '.join(shown)}{more_en} go by them",
        ),
        suggestion=IMPORT,
    )


def not_whole(year: int, missing: list[date]) -> Said:
    """Which statutory days a plan of the year lacks."""
    named = "、".join(f"{day:%m-%d}" for day in missing[:5])
    return Said(
        zh=f"{year} 年的安排不完整：缺少法定节假日 {named}",
        en=f"the plan of {year} is not whole: the statutory days {named.replace('、', ', ')} are not off in it",
    )
