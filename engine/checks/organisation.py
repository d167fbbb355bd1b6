"""The region tree and the people: keys are unique and lead somewhere, and nobody stands above themselves."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from engine.checks.cycles import circular, ring_through
from engine.checks.finding import Finding, Path
from engine.checks.view import View
from schema_defs.nearest import did_you_mean
from schema_defs.organisation import Organisation, Person, Stay
from schema_defs.text import Said


def organisation(view: View) -> Iterator[Finding]:
    found = view.organisation
    if found is None:
        return
    yield from _unique(found, "regions", [region.key for region in found.regions])
    yield from _unique(found, "people", [person.key for person in found.people])
    yield from _people_twice(found)
    yield from _leads(found)
    yield from _circles(found)
    for i, person in enumerate(found.people):
        yield from _stays(found, i, person)


def _unique(found: Organisation, where: str, keys: list[str]) -> Iterator[Finding]:
    seen: Counter[str] = Counter()
    for i, key in enumerate(keys):
        seen[key] += 1
        if seen[key] == 2:
            yield Finding(
                document=found,
                path=(where, i, "key"),
                code="duplicate-key-value",
                message=Said(
                    zh=f"key '{key}' 重复；第一次是 {where} 的第 {keys.index(key) + 1} 项",
                    en=f"the key '{key}' is given twice; it is item {keys.index(key) + 1} of {where} already",
                ),
                suggestion=Said(zh="改名或删掉其中一个", en="rename or remove one of the two"),
            )


def _people_twice(found: Organisation) -> Iterator[Finding]:
    if found.people and found.people_from:
        yield Finding(
            document=found,
            path=("people_from",),
            code="people-twice",
            message=Said(zh="people 和 people_from 只能有一个", en="either people or people_from is given, not both"),
            suggestion=Said(zh="删掉其中一个", en="remove one of the two"),
        )


def _leads(found: Organisation) -> Iterator[Finding]:
    """Every named region and person is there."""
    regions = dict.fromkeys(region.key for region in found.regions)
    people = dict.fromkeys(person.key for person in found.people)
    for path, key, is_region in _named(found):
        known: Iterable[str] = regions if is_region else people
        if key is None or key in known or (not is_region and not people):
            continue
        word = Said(zh="地区", en="region") if is_region else Said(zh="人员", en="person")
        yield Finding(
            document=found,
            path=path,
            code="unknown-region" if is_region else "unknown-person",
            message=Said(zh=f"没有 key 为 '{key}' 的{word.zh}", en=f"there is no {word.en} with the key '{key}'"),
            suggestion=did_you_mean(key, known),
        )


def _named(found: Organisation) -> Iterator[tuple[Path, str | None, bool]]:
    for i, region in enumerate(found.regions):
        yield ("regions", i, "parent"), region.parent, True
        yield ("regions", i, "manager"), region.manager, False
        yield ("regions", i, "deputy"), region.deputy, False
    for i, person in enumerate(found.people):
        yield ("people", i, "manager"), person.manager, False
        yield ("people", i, "deputy"), person.deputy, False
        if isinstance(person.region, tuple):
            for j, stay in enumerate(person.region):
                yield ("people", i, "region", j, "region"), stay.region, True
        elif found.regions:
            yield ("people", i, "region"), person.region, True


def _circles(found: Organisation) -> Iterator[Finding]:
    parents = {region.key: frozenset([region.parent] if region.parent else []) for region in found.regions}
    managers = {person.key: frozenset([person.manager] if person.manager else []) for person in found.people}
    for where, key, above in (("regions", "parent", parents), ("people", "manager", managers)):
        told: set[str] = set()
        core = circular(above)
        for i, start in enumerate(above):
            ring = ring_through(start, core) if start in core and start not in told else []
            told.update(ring)
            if ring:
                way = " → ".join([*ring, ring[0]])
                yield Finding(
                    document=found,
                    path=(where, i, key),
                    code=f"{key}-cycle",
                    message=Said(zh=f"{key} 形成循环：{way}", en=f"{key} leads in a circle: {way}"),
                    suggestion=Said(zh="去掉循环中的一个", en="remove one of the circle"),
                )


def _stays(found: Organisation, i: int, person: Person) -> Iterator[Finding]:
    if person.joined and person.left and person.left < person.joined:
        yield _order(found, ("people", i, "left"), person.joined, person.left)
    if not isinstance(person.region, tuple):
        return
    for j, stay in enumerate(person.region):
        if stay.from_ and stay.to and stay.to < stay.from_:
            yield _order(found, ("people", i, "region", j, "to"), stay.from_, stay.to)
        yield from _same_start(found, ("people", i, "region", j), person.region[:j], stay)


def _same_start(found: Organisation, path: Path, before: tuple[Stay, ...], stay: Stay) -> Iterator[Finding]:
    if any(other.from_ == stay.from_ for other in before):
        day = stay.from_ or "…"
        yield Finding(
            document=found,
            path=path,
            code="overlapping-stays",
            message=Said(
                zh=f"从 {day} 起同时属于两个地区", en=f"from {day} on the person would belong to two regions at once"
            ),
            suggestion=Said(zh="给每段写不同的 from", en="give each stay its own from"),
        )


def _order(found: Organisation, path: Path, first: date, last: date) -> Finding:
    return Finding(
        document=found,
        path=path,
        code="dates-order",
        message=Said(zh=f"结束 {last} 早于开始 {first}", en=f"the end, {last}, is before the beginning, {first}"),
        suggestion=Said(zh="交换两个日期", en="exchange the two dates"),
    )
