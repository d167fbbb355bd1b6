"""What moved a number, in words: which records came, went or were edited."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from engine.metrics.day import Spot
from runtime.numbers.rows import DirtyRow
from runtime.records.rows import RecordRow
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows
from schema_defs.dataset import Dataset
from schema_defs.text import Lang, Said, pick

NAMED = 2
"""So many records are named; of more, the number."""


class Moved(msgspec.Struct, frozen=True):
    """A number's change, by how much and why. `delta` is None where one side is missing."""

    metric: str
    scope: str
    key: str
    day: date
    delta: float | None
    reason: dict[str, str]
    at: datetime


async def movements(
    tenant: str,
    configured: Prepared,
    batch: Sequence[DirtyRow],
    changes: Mapping[Spot, tuple[date, float | None, float | None]],
    now: datetime,
) -> list[Moved]:
    """One movement per number that changed. The records are those that became known since the oldest of the marks."""
    since, dataset = min(row.marked_at for row in batch), configured.release.datasets[batch[0].dataset]
    query = rows(RecordRow, tenant).filter(dataset=dataset.name, known_at__gte=since).order_by("known_at")
    recent = await query.limit(50)
    edits = [(row, await _before(tenant, row)) for row in recent]
    found = []
    for (metric, scope, key), (day, before, after) in changes.items():
        if before == after:
            continue
        mine = [(new, old) for new, old in edits if _concerns(configured, dataset, scope, key, new, old)]
        reason = {lang: _reason(dataset, mine, lang) for lang in ("zh", "en")} if mine else _LATER
        delta = after - before if after is not None and before is not None else after
        found.append(Moved(metric, scope, key, day, delta, reason, now))
    return found


async def _before(tenant: str, row: RecordRow) -> RecordRow | None:
    if row.version == 1:
        return None
    return await rows(RecordRow, tenant).get_or_none(dataset=row.dataset, key=row.key, version=row.version - 1)


def _concerns(
    configured: Prepared, dataset: Dataset, scope: str, key: str, new: RecordRow, old: RecordRow | None
) -> bool:
    versions = [row for row in (new, old) if row is not None]
    match scope:
        case "person":
            return any(row.owner == key or key in [part[0] for part in row.credit or ()] for row in versions)
        case "region":
            chains = (configured.places(dataset.name).chain(row.region) for row in versions if row.region)
            return dataset.region is None or any(key in chain for chain in chains)
        case _:
            return True


def _reason(dataset: Dataset, edits: Sequence[tuple[RecordRow, RecordRow | None]], lang: Lang) -> str:
    named = [edit_words(dataset, new, old).in_(lang) for new, old in edits[:NAMED]]
    if len(edits) > NAMED:
        named.append(_MORE.in_(lang).format(count=len(edits) - NAMED))
    return ("；" if lang == "zh" else "; ").join(named)


def edit_words(dataset: Dataset, new: RecordRow, old: RecordRow | None) -> Said:
    """One edit in words, such as `SO-1182: Class high_margin → low_margin`."""
    name = _name(dataset, new)
    if new.deleted:
        return Said(zh=f"{name} 已删除", en=f"{name} was deleted")
    if old is None or old.deleted:
        return Said(zh=f"新增 {name}", en=f"{name} is new")
    changed = [field for field in dataset.fields if new.values.get(field) != old.values.get(field)]
    parts = {lang: ", ".join(_change(dataset, field, new, old, lang) for field in changed[:2]) for lang in ("zh", "en")}
    return Said(zh=f"{name}：{parts['zh']}", en=f"{name}: {parts['en']}")


def _change(dataset: Dataset, field: str, new: RecordRow, old: RecordRow, lang: Lang) -> str:
    label = pick(dataset.field(field).label, lang, field)
    return f"{label} {_shown(old.values.get(field))} → {_shown(new.values.get(field))}"


def _name(dataset: Dataset, row: RecordRow) -> str:
    return "-".join(_shown(row.values.get(field)) for field in dataset.key_fields)


def _shown(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return str(value)


_MORE = Said(zh="等另外 {count} 条", en="{count} more")
_LATER = {"zh": "较早的数据有更新", "en": "earlier data changed"}
