"""The differences of one document as sentences: what, before, after."""

from collections.abc import Iterator

from engine.diff.differences import ORDER, Difference, Path, differences
from engine.diff.thresholds import thresholds
from engine.diff.values import PERCENT_KEYS, percent, plain, shown
from engine.diff.words import CONTAINERS, EXPRESSIONS, NUMBER, THRESHOLDS, key_word
from schema_defs.base import Document, kind_of
from schema_defs.plan import Plan
from schema_defs.release import Release
from schema_defs.text import Said, Text, pick

Line = tuple[Path, Said, Said, Said]
"""Path, what it is, before, after."""


def details(was: Document, is_: Document, before: Release, after: Release) -> Iterator[Line]:
    """Every difference of two versions of one document, a changed number of an expression as a threshold."""
    labels = labels_of(before) | labels_of(after)
    shares = frozenset(metric.name for metric in after.metrics.values() if metric.format == "percent")
    for each in differences(was, is_):
        numbers = _numbers(each, labels, shares)
        yield from [_line(each, was, labels, shares)] if numbers is None else numbers


def _line(each: Difference, document: Document, labels: dict[str, Text], shares: frozenset[str]) -> Line:
    is_percent = _is_percent(each.path, document, shares)
    return (
        each.path,
        what(each.path, labels),
        shown(each.before, is_percent=is_percent),
        shown(each.after, is_percent=is_percent),
    )


def _numbers(each: Difference, labels: dict[str, Text], shares: frozenset[str]) -> list[Line] | None:
    """A line per changed number, when the difference is an expression's and nothing else of it changed; None otherwise."""
    key = str(each.path[-1])
    is_expression = key in EXPRESSIONS or "map" in each.path
    if not is_expression or not isinstance(each.before, str) or not isinstance(each.after, str):
        return None
    changed = thresholds(each.before, each.after, shares)
    if changed is None:
        return None
    name = THRESHOLDS.get(key)
    if name is None:
        within = what(each.path, labels)
        name = Said(zh=f"{within.zh}{NUMBER.zh}", en=f"{NUMBER.en} {within.en}")
    lines: list[Line] = []
    for number in changed:
        form = percent if number.is_share else plain
        old, new = form(number.before), form(number.after)
        lines.append((each.path, name, Said(zh=old, en=old), Said(zh=new, en=new)))
    return lines


def what(path: Path, labels: dict[str, Text]) -> Said:
    """The path in words, as in `East China · weight`; containers are left out where an item of theirs is named."""
    words: list[Said] = []
    for place, step in enumerate(path):
        if isinstance(step, int):
            words.append(Said(zh=f"第 {step + 1} 项", en=f"no. {step + 1}"))
        elif step in CONTAINERS and place + 1 < len(path) and path[place + 1] != ORDER:
            continue
        elif place > 0 and path[place - 1] in CONTAINERS and step != ORDER:
            words.append(Said(zh=pick(labels.get(step), "zh", step), en=pick(labels.get(step), "en", step)))
        else:
            words.append(key_word(step))
    return Said(zh=" · ".join(word.zh for word in words), en=" · ".join(word.en for word in words))


def labels_of(release: Release) -> dict[str, Text]:
    """What metrics, regions, people and fields are called, by their names and keys."""
    labels = {metric.name: metric.label for metric in release.metrics.values()}
    if organisation := release.organisation:
        labels |= {region.key: region.label for region in organisation.regions}
        labels |= {person.key: person.label for person in organisation.people}
    for dataset in release.datasets.values():
        labels |= {name: dataset.field(name).label for name in dataset.fields if dataset.field(name).label}
    return {name: label for name, label in labels.items() if label is not None}


def _is_percent(path: Path, document: Document, shares: frozenset[str]) -> bool:
    if (kind_of(document), str(path[-1])) in PERCENT_KEYS:
        return True
    return isinstance(document, Plan) and path[-1] == "value" and document.metric in shares
