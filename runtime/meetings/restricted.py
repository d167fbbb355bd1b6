"""Which metrics show what not everybody may see: those that are made of fields with `visible_to`."""

from collections.abc import Iterator

from engine.expression import parse
from runtime.people.rights import Sight
from runtime.releases.prepared import Prepared

Restricted = dict[str, tuple[tuple[str, ...], ...]]
"""Per metric, for each restricted field that it reads, the roles that may see the field."""


def restricted_metrics(configured: Prepared) -> Restricted:
    """The restricted ones among the release's metrics."""
    found = {name: roles_of(configured, name) for name in configured.release.metrics}
    return {name: roles for name, roles in found.items() if roles}


def hidden_metrics(restricted: Restricted, sight: Sight) -> frozenset[str]:
    """The metrics that the reader may not see."""
    return frozenset(
        name for name, fields in restricted.items() if not all(sight.sees_field(roles) for roles in fields)
    )


def roles_of(configured: Prepared, metric: str) -> tuple[tuple[str, ...], ...]:
    """For each restricted field that the metric reads, directly or through other metrics, the roles that may see it."""
    return tuple(sorted(set(_roles(configured, metric))))


def _roles(configured: Prepared, metric: str) -> Iterator[tuple[str, ...]]:
    for base in configured.metrics.bases_of(metric):
        document = configured.release.metrics[base]
        dataset = configured.release.datasets[configured.metrics.measures[base].dataset]
        for text in (document.value, document.where):
            for name in parse(text).names if text else ():
                if name in dataset.fields and (roles := dataset.field(name).visible_to):
                    yield tuple(roles)
