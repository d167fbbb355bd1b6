"""What moved a number, in words: which records came, went or were edited."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from engine.metrics.day import Spot, Whose, whose
from engine.metrics.policy import Policy
from engine.records.record import Record
from runtime.bulk import read_many
from runtime.numbers.batch import Batch
from runtime.numbers.line import Rework
from runtime.records.returns import with_known_originals
from runtime.records.rows import RecordRow
from runtime.records.runs import first_imports
from runtime.records.store import READ, record_of
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows
from schema_defs.dataset import Dataset
from schema_defs.text import Lang, Said, pick

NAMED = 2
"""So many records are named; of more, the number."""
LOOKED_AT = 50


class Moved(msgspec.Struct, frozen=True):
    """A number's change, by how much and why. `delta` is None where one side is missing."""

    metric: str
    scope: str
    key: str
    day: date
    delta: float | None
    reason: dict[str, str]
    at: datetime


class Edit(msgspec.Struct, frozen=True):
    """A version that came, the one before it, and for whom either counts; `is_first`: with the first import of its source."""

    new: RecordRow
    old: RecordRow | None
    whose: frozenset[Whose]
    is_first: bool


async def movements(configured: Prepared, batch: Batch, changes: Mapping[Spot, Rework], now: datetime) -> list[Moved]:
    """One movement per number of the month that changed, with the records that came since the first of the marks.

    What a source brings when it is read for the first time is no movement.
    """
    dataset = configured.release.datasets.get(batch.dataset)
    if dataset is None or not changes:
        return []
    edits = await _edits(configured, batch, configured.calendar.today(now))
    told = [edit for edit in edits if not edit.is_first]
    found = []
    for (metric, scope, key), work in changes.items():
        if work.before == work.after or work.moved is None:
            continue
        mine = [edit for edit in told if (scope, key) in edit.whose]
        if not mine and len(told) < len(edits):
            continue
        reason = {lang: _reason(dataset, mine, lang) for lang in ("zh", "en")} if mine else _LATER
        delta = None if work.before is None or work.after is None else work.after - work.before
        found.append(Moved(metric, scope, key, work.moved, delta, reason, now))
    return found


async def _edits(configured: Prepared, batch: Batch, today: date) -> list[Edit]:
    """The records whose present version was written since the first of the marks, oldest first."""
    if batch.since is None:
        return []
    tenant, where = configured.tenant, [("id", ">=", batch.since)]
    written = await read_many(RecordRow, tenant, ("id", "dataset", "key"), where, order=("id",), limit=LOOKED_AT)
    new = {row_id: key for row_id, dataset, key in written if dataset == batch.dataset}
    versions: dict[str, list[RecordRow]] = {key: [] for key in new.values()}
    found = rows(RecordRow, tenant).filter(dataset=batch.dataset, key__in=list(versions))
    for row in await found.order_by("known_at", "version"):
        versions[row.key].append(row)
    whose_of = await _whose(configured, [row for line in versions.values() for row in line], today)
    pairs = [(line[-1], line[-2] if len(line) > 1 else None) for line in versions.values() if line[-1].id in new]
    first = await first_imports(tenant, batch.dataset, {last.source for last, _ in pairs})
    return [
        Edit(last, old, whose_of[last.id] | (whose_of[old.id] if old else frozenset()), last.run_id in first)
        for last, old in pairs
    ]


async def _whose(configured: Prepared, versions: Sequence[RecordRow], today: date) -> dict[str, frozenset[Whose]]:
    """By the versions' ids, for whom each counts in whatever way it is counted."""
    if not versions:
        return {}
    dataset = configured.release.datasets[versions[0].dataset]
    given = [record_of(dataset, dict, *(getattr(row, name) for name in READ)) for row in versions]
    records = await with_known_originals(configured.tenant, dataset, given)
    policies = configured.policies_of(dataset.name)
    return {
        row.id: frozenset().union(*(_counting(configured, policy, record, today) for policy in policies))
        for row, record in zip(versions, records, strict=True)
    }


def _counting(configured: Prepared, policy: Policy, record: Record, today: date) -> frozenset[Whose]:
    counted = policy.counted(record)
    return frozenset() if counted is None else whose(configured.places(policy.name, today), counted)


def _reason(dataset: Dataset, edits: Sequence[Edit], lang: Lang) -> str:
    named = [edit_words(dataset, edit.new, edit.old).in_(lang) for edit in edits[:NAMED]]
    if len(edits) > NAMED:
        named.append(_MORE.in_(lang).format(count=len(edits) - NAMED))
    return ("；" if lang == "zh" else "; ").join(named)


def edit_words(dataset: Dataset, new: RecordRow | Record, old: RecordRow | Record | None) -> Said:
    """One edit in words, such as `SO-1182: Class high_margin → low_margin`. A field that not everybody may see is not named."""
    name = _name(dataset, new if not new.deleted or old is None else old)
    if new.deleted:
        return Said(zh=f"{name} 已删除", en=f"{name} was deleted")
    if old is None or old.deleted:
        return Said(zh=f"新增 {name}", en=f"{name} is new")
    fields = [field for field in dataset.fields if not dataset.field(field).visible_to]
    changed = [field for field in fields if new.values.get(field) != old.values.get(field)][:2]
    if not changed:
        return Said(zh=f"{name} 有修改", en=f"{name} was edited")
    parts = {lang: ", ".join(_change(dataset, field, new, old, lang) for field in changed) for lang in ("zh", "en")}
    return Said(zh=f"{name}：{parts['zh']}", en=f"{name}: {parts['en']}")


def _change(dataset: Dataset, field: str, new: RecordRow | Record, old: RecordRow | Record, lang: Lang) -> str:
    label = pick(dataset.field(field).label, lang, field)
    return f"{label} {_shown(old.values.get(field))} → {_shown(new.values.get(field))}"


def _name(dataset: Dataset, row: RecordRow | Record) -> str:
    return "-".join(_shown(row.values.get(field)) for field in dataset.key_fields)


def _shown(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return str(value)


_MORE = Said(zh="等另外 {count} 条", en="{count} more")
_LATER = {"zh": "较早的数据有更新", "en": "earlier data changed"}
