"""What of a draft's consequences its reader may see: by the rights that are live, whatever the drafts say."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from runtime.backtests.page import may_read
from runtime.board.viewer import Viewer
from runtime.drafts.effects import Effect
from runtime.people.rights import Sight, sight_in
from runtime.releases.prepared import Prepared
from schema_defs.release import Release


def seen_effects(
    configured: Prepared, viewer: Viewer, after: Release, effects: Iterable[Effect], now: datetime
) -> tuple[Effect, ...]:
    """The effects with those scopes that the reader sees; without any where the rule reads what is hidden from them."""
    sight = sight_in(configured, viewer, configured.calendar.today(now))
    whole = Prepared(configured.tenant, configured.number, after, configured.org)
    return tuple(_seen(configured, whole, sight, effect) for effect in effects)


def may_see_draft(configured: Prepared, whole: Prepared, sight: Sight, rule: str) -> bool:
    """Whether nothing that the rule reads is hidden from the reader, before the drafts or with them.

    For whom a field is hidden, drafts that change a dataset show nothing: they might say that the field is hidden no more.
    """
    if _hides(configured, sight) and whole.release.datasets != configured.release.datasets:
        return False
    sides = [each for each in (configured, whole) if rule in each.release.rules]
    return all(may_read(each, sight, rule) for each in sides)


def _hides(configured: Prepared, sight: Sight) -> bool:
    return any(
        not sight.sees_field(dataset.field(name).visible_to)
        for dataset in configured.release.datasets.values()
        for name in dataset.fields
    )


def _seen(configured: Prepared, whole: Prepared, sight: Sight, effect: Effect) -> Effect:
    if not may_see_draft(configured, whole, sight, effect.rule):
        return msgspec.structs.replace(effect, scopes=())
    return msgspec.structs.replace(
        effect, scopes=tuple(each for each in effect.scopes if sight.sees(each.scope, each.key))
    )
