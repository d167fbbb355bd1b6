"""What is known of the values that expressions read, before there are any."""

from collections.abc import Mapping

from engine.checks.formulas import inputs_of
from engine.expression.kinds import DATE, NUMBER, Kind, kind_of_field
from engine.expression.language import reference_name
from engine.metrics.kind import kind_of
from engine.rules.names import FIGURES, PARENT
from schema_defs.dataset import Dataset
from schema_defs.errors import AuthorError
from schema_defs.release import Release

_IN_UNIT = ("actual", "target", "gap_amount", "run_rate", "projection")
"""Figures that are in the metric's unit; the others are plain ratios."""


def field_kinds(dataset: Dataset) -> dict[str, Kind]:
    """The kinds of a dataset's fields."""
    return {name: kind_of_field(dataset.field(name)) for name in dataset.fields}


def metric_kinds(release: Release) -> dict[str, Kind]:
    """The kinds of all metrics that can be computed; those in a circle, or with an expression that cannot be read, are left out."""
    lacking = {name: set(inputs_of(metric)) for name, metric in release.metrics.items()}
    above: dict[str, list[str]] = {}
    for name, inputs in lacking.items():
        for needed in inputs:
            above.setdefault(needed, []).append(name)
    kinds: dict[str, Kind] = {}
    waiting = [name for name, inputs in lacking.items() if not inputs]
    for name in waiting:
        try:
            kinds[name] = kind_of(release, release.metrics[name], kinds)
        except AuthorError:
            continue
        for reader in above.get(name, ()):
            lacking[reader].discard(name)
            if not lacking[reader]:
                waiting.append(reader)
    return kinds


def rule_kinds(metric: str | None, metrics: Mapping[str, Kind]) -> dict[str, Kind]:
    """The kinds of the names that a rule about the metric reads."""
    kinds: dict[str, Kind] = {"day": DATE, **_figures(metrics.get(metric or ""), "{}")}
    for name, kind in metrics.items():
        kinds |= {name: kind, f"{PARENT}{name}": kind}
        kinds |= _figures(kind, "{}_of", name)
    return kinds


def _figures(kind: Kind | None, form: str, argument: str | None = None) -> dict[str, Kind]:
    found: dict[str, Kind] = {}
    for figure in FIGURES:
        known = NUMBER if figure not in _IN_UNIT else kind
        for prefix in ("", PARENT):
            name = form.format(prefix + figure)
            if known is not None:
                found[reference_name(name, argument) if argument else name] = known
    return found
