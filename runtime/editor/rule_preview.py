"""A rule while it is written, lived over the last days without anything being stored."""

import asyncio
from datetime import datetime, timedelta
from itertools import groupby

from engine.rules.backtest import Backtest, Lived
from engine.rules.fold import FIRING
from runtime.alerts.ready_rules import ready_rule
from runtime.backtests.given import given_of
from runtime.backtests.page import may_read
from runtime.backtests.tried import Look
from runtime.board.marks import name_of
from runtime.board.viewer import Viewer
from runtime.editor.view import RulePreview, RuleScope
from runtime.people.rights import sight_in
from runtime.releases.prepared import Prepared
from schema_defs.text import Text

DAYS = 90


async def preview_rule(configured: Prepared, viewer: Viewer, now: datetime, name: str) -> RulePreview:
    """Every scope that the reader sees, over the last `DAYS` days before today; `configured` has the rule as it is written."""
    today = configured.calendar.today(now)
    sight = sight_in(configured, viewer, today)
    if not may_read(configured, sight, name):
        return RulePreview(hidden=True)
    ready, last = ready_rule(configured, name), today - timedelta(days=1)
    given = await given_of(configured, ready, now)
    lived = await asyncio.to_thread(lambda: Backtest(ready.rule, given).lived(last - timedelta(days=DAYS - 1), last))
    seen = [each for each in lived if sight.sees(each.scope, each.key)]
    scopes = [_scope(configured, list(days)) for _, days in groupby(seen, key=lambda each: (each.scope, each.key))]
    return RulePreview(scopes=tuple(scopes), firing=sum(each.days[-1][1] == "firing" for each in scopes))


def _scope(configured: Prepared, days: list[Lived]) -> RuleScope:
    first = days[0]
    firing = [day.state in FIRING for day in days]
    return RuleScope(
        label=_label(configured, first),
        days=tuple((day.day, _look(day)) for day in days),
        episodes=sum(1 for at, there in enumerate(firing) if there and not (at and firing[at - 1])),
    )


def _label(configured: Prepared, of: Lived) -> Text:
    if of.scope == "region":
        return configured.org.label(of.key)
    organisation = configured.release.organisation
    if of.scope == "company" and organisation is not None:
        return organisation.label or of.key
    return name_of(configured, of.key) or of.key


def _look(day: Lived) -> Look:
    if day.state in FIRING:
        return "firing" if day.state == "firing" else "recovering"
    looks: dict[str, Look] = {"": "not_judged", "no_data": "no_data", "holds": "pending"}
    return looks.get(day.verdict, "clear")
