"""When a release goes live its plans are split into targets, in the same transaction: all of them, or no release."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from connectors.sources.file.open import open_file
from engine.calendar import calendar_of
from engine.org import Org, org_of
from engine.targets.months import History
from engine.targets.plan import Rows, data_name, targets_of, unit_for, uses_history
from engine.targets.targets import Cells, Targets
from runtime.bulk import write_many
from runtime.numbers.rows import CellRow
from runtime.people.directory import people_of
from runtime.records.folder import document_file
from runtime.releases.hooks import Publishing, on_publish
from runtime.targets.past import keep_replaced
from runtime.targets.rows import TargetRow
from runtime.tenancy import rows
from schema_defs.errors import AuthorError
from schema_defs.plan import Plan, TargetsFrom
from schema_defs.text import Said

_COLUMNS = ("plan", "metric", "scope", "key", "month", "value", "release")


@on_publish
async def allocate(publishing: Publishing) -> None:
    """Replaces the tenant's targets with those of the new release. A plan that cannot be split stops the publishing.

    After a rollback or a changed calendar, targets from a file that lay beside the documents stay as they are.
    """
    release, tenant = publishing.live.release, publishing.tenant
    people, _ = await people_of(tenant)
    org = org_of(release.organisation, people or None)
    targets = [await _targets(publishing, plan, org) for plan in release.plans.values()]
    _refuse_doubled(targets)
    await keep_replaced(tenant, targets, publishing.context.clock.now())
    await rows(TargetRow, tenant).delete()
    await write_many(
        TargetRow, tenant, _COLUMNS, (row for each in targets for row in _rows(each, publishing.live.number))
    )


async def _targets(publishing: Publishing, plan: Plan, org: Org) -> Targets:
    release = publishing.live.release
    history = await _history(publishing.tenant, plan) if uses_history(plan) else None
    try:
        data = _data(publishing, plan.targets_from) if plan.targets_from else {}
    except _NotAtHandError as gone:
        return await _kept(publishing, plan, gone.said)
    return targets_of(plan, release, org, calendar_of(release.calendar), data, history)


async def _kept(publishing: Publishing, plan: Plan, why: Said) -> Targets:
    """The plan's targets as they are stored. Raises AuthorError where there are none."""
    stored = rows(TargetRow, publishing.tenant).filter(plan=plan.name, metric=plan.metric)
    cells: Cells = {}
    for scope, key, month, value in await stored.values_list("scope", "key", "month", "value"):
        cells.setdefault((scope, key), {})[month] = Decimal(value)
    if not cells:
        raise AuthorError(why)
    return Targets(plan.name, plan.metric, unit_for(plan, publishing.live.release), cells)


class _NotAtHandError(AuthorError):
    """The file lay beside documents that are no longer at hand: nothing was published from a folder."""


async def _history(tenant: str, plan: Plan) -> History:
    """What the metric was month by month, from the last cell of every month."""
    query = rows(CellRow, tenant).filter(metric=plan.metric).order_by("day")
    found: dict[tuple[str, str, str], float] = {}
    for scope, key, day, number in await query.values_list("scope", "key", "day", "number"):
        if number is not None:
            found[scope, key, f"{day:%Y-%m}"] = number
    return found


def _data(publishing: Publishing, source: TargetsFrom) -> Rows:
    """The rows of the file beside the documents, or of the tenant's folder."""
    settings, tenant = publishing.context.settings, publishing.tenant
    try:
        path = document_file(settings, tenant, publishing.folder, file=source.file, data=source.data)
    except AuthorError as gone:
        raise gone if publishing.loaded else _NotAtHandError(gone.said) from gone
    return {data_name(source): _read(path)}


def _read(path: Path) -> Sequence[Mapping[str, object]]:
    with open_file(path) as opened:
        return [row.values for row in opened.rows() if row.trouble is None]


def _rows(targets: Targets, release: int) -> Iterator[tuple[object, ...]]:
    for row in targets.rows():
        yield targets.plan, targets.metric, row.scope, row.key, row.month, f"{row.value:f}", release


def _refuse_doubled(targets: Sequence[Targets]) -> None:
    """One metric has one target per scope and month; two plans of the same year are an error that names both."""
    seen: dict[tuple[str, str, str, str], str] = {}
    for each in targets:
        for row in each.rows():
            other = seen.setdefault((each.metric, row.scope, row.key, row.month), each.plan)
            if other != each.plan:
                raise AuthorError(_doubled(other, each.plan, each.metric, row.key, row.month))


def _doubled(one: str, other: str, metric: str, key: str, month: str) -> Said:
    return Said(
        zh=f"方案 {one} 和 {other} 都给 {key} 在 {month} 的 {metric} 定了目标；请只保留一个",
        en=f"the plans {one} and {other} both set {key}'s target of {metric} for {month}; keep one of them",
    )
