"""The page on which a rule is tried on the past: what the job found, as far as its reader may see it."""

from datetime import date, datetime, timedelta

import msgspec

from runtime.backtests.explained import why_of
from runtime.backtests.run import Result
from runtime.backtests.scopes import scopes_of
from runtime.backtests.seen import Seen, Version
from runtime.backtests.sums import people_of, sum_of, weeks_of
from runtime.backtests.tried import Mode, TriedView
from runtime.board.hidden import hidden_from, metrics_read
from runtime.board.viewer import Viewer
from runtime.people.rights import Sight, sight_in
from runtime.queue.rows import JobRow
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows

MAY_TRY = ("manager", "director", "author")
DAYS = 90


def may_read(configured: Prepared, sight: Sight, rule: str) -> bool:
    """Whether nothing that the rule reads is hidden from the reader."""
    hidden = hidden_from(configured, sight)
    return rule in configured.release.rules and not hidden.intersection(metrics_read(configured, rule))


async def build_tried(
    configured: Prepared,
    viewer: Viewer,
    now: datetime,
    *,
    rule: str | None = None,
    first: date | None = None,
    last: date | None = None,
    mode: Mode = "both",
    explain: tuple[str, date] | None = None,
) -> TriedView | None:
    """The page of a rule and its days; without days the last `DAYS` before today. None where the reader may not see the rule."""
    today = configured.calendar.today(now)
    sight = sight_in(configured, viewer, today)
    names = [name for name in configured.release.rules if may_read(configured, sight, name)]
    chosen = rule if rule is not None else next(iter(names), None)
    if chosen not in names:
        return None
    last = last or today - timedelta(days=1)
    first = first or last - timedelta(days=DAYS - 1)
    view = TriedView(
        rules=tuple((name, configured.release.rules[name].label or name) for name in names),
        rule=chosen,
        first=first,
        last=last,
        mode=mode,
        state="none",
        may_try=viewer.has(*MAY_TRY),
        is_part=not sight.everything,
    )
    job = await _job(configured.tenant, chosen, first, last)
    if job is None:
        return view
    if job.state != "done":
        return _unfinished(view, job)
    found = msgspec.convert(job.result, Result)
    if found.release != configured.number:
        # What may be seen goes by the release that is live; an older one's result may hold what is hidden now.
        return msgspec.structs.replace(view, release=found.release, is_live=False)
    return await _done(configured, sight, now, view, found, explain)


async def _job(tenant: str, rule: str, first: date, last: date) -> JobRow | None:
    query = rows(JobRow, tenant).filter(kind="backtest", key=f"{rule}:{first}:{last}")
    return await query.order_by("-created_at", "-id").first()


def _unfinished(view: TriedView, job: JobRow) -> TriedView:
    if job.state == "dead":
        return msgspec.structs.replace(view, state="failed", error=job.error)
    progress = job.progress or {}
    total = progress.get("total") or 0
    # Two versions are lived, one after the other.
    return msgspec.structs.replace(
        view, state="running", done=min(1.0, progress.get("done", 0) / total) if total else 0.0
    )


async def _done(
    configured: Prepared, sight: Sight, now: datetime, view: TriedView, found: Result, explain: tuple[str, date] | None
) -> TriedView:
    """With what the reader sees: everything that is counted is of these scopes, in the sums as in the scopes."""
    seen = Seen(configured, sight, tuple(day for day in found.days if sight.sees(day.scope, day.key)))
    keys = seen.keys
    shown: Version = "now" if view.mode == "now" else "then"
    weeks = weeks_of(seen, shown)
    return msgspec.structs.replace(
        view,
        state="done",
        release=found.release,
        then=sum_of(seen, "then", found.then),
        now=sum_of(seen, "now", found.now),
        scopes=tuple(scopes_of(seen, found)),
        weeks=weeks,
        people=tuple(people_of(seen, shown, weeks)),
        why=await why_of(configured, sight, now, view, explain) if explain and explain[0] in keys else None,
    )
