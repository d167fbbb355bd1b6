"""A metric may not need itself, be it through others."""

from collections.abc import Iterator, Mapping

from engine.checks.finding import Finding
from engine.checks.formulas import inputs_of
from engine.checks.view import View
from schema_defs.text import Said


def cycles(view: View) -> Iterator[Finding]:
    """One finding per cycle, at the formula, or the `of`, of its first metric."""
    needs = circular({name: inputs_of(metric) for name, metric in view.metrics.items()})
    told: set[frozenset[str]] = set()
    for name in needs:
        ring = ring_through(name, needs)
        if ring and frozenset(ring) not in told:
            told.add(frozenset(ring))
            way = " → ".join([*ring, ring[0]])
            yield Finding(
                document=view.metrics[ring[0]],
                path=("of" if view.metrics[ring[0]].is_window else "formula",),
                code="metric-cycle",
                message=Said(zh=f"指标互相依赖：{way}", en=f"metrics need each other in a circle: {way}"),
                suggestion=Said(
                    zh="至少有一个要改用数据集的字段计算", en="one of them must be computed from a dataset"
                ),
            )


def circular(needs: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """The part in which circles can be, in the same order; what leads nowhere, or comes from nowhere, is left out."""
    ending = _peeled({name: set(following) & needs.keys() for name, following in needs.items()})
    above: dict[str, set[str]] = {name: set() for name in ending}
    for name, following in ending.items():
        for other in following:
            above[other].add(name)
    core = _peeled(above)
    return {name: following & core.keys() for name, following in needs.items() if name in core}


def _peeled(needs: dict[str, set[str]]) -> dict[str, set[str]]:
    """Without whatever needs nothing, again and again."""
    left, above = {name: set(following) for name, following in needs.items()}, dict[str, list[str]]()
    for name, following in needs.items():
        for other in following:
            above.setdefault(other, []).append(name)
    waiting = [name for name, following in left.items() if not following]
    for name in waiting:
        del left[name]
        for other in above.get(name, ()):
            left[other].discard(name)
            if not left[other]:
                waiting.append(other)
    return left


def ring_through(start: str, needs: Mapping[str, frozenset[str]]) -> list[str]:
    """A shortest way from `start` back to itself, `start` first; empty when there is none."""
    came_from: dict[str, str] = {}
    waiting = [start]
    for at in waiting:
        for following in sorted(needs.get(at, ())):
            if following == start:
                return _way_back(at, start, came_from)
            if following not in came_from:
                came_from[following] = at
                waiting.append(following)
    return []


def _way_back(at: str, start: str, came_from: Mapping[str, str]) -> list[str]:
    way = [at]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]
