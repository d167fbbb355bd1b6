"""The names that a rule may read, and the one door through which its conditions are parsed."""

import re
from collections.abc import Collection

from engine.expression.functions import Where
from engine.expression.language import Expression, parse, reference_name

FIGURES = ("actual", "target", "attainment", "pace", "gap", "gap_amount", "run_rate", "projection", "score")
"""Of the rule's metric, month to date; with `_of('m')` behind them of the metric m."""

PARENT = "parent_"
"""Before a figure's or a metric's name: the same of the scope above."""

REFERENCES = tuple(f"{prefix}{figure}_of" for prefix in ("", PARENT) for figure in FIGURES)

_WHERE: tuple[Where, ...] = ("today",)
_REFERENCE = re.compile(r"""\s*(\w+)\(\s*(?:'([^']*)'|"([^"]*)")\s*\)\s*""")


def rule_names(metrics: Collection[str]) -> frozenset[str]:
    """Every name that a rule may read when these metrics exist; `day` is the judged day."""
    own = (*FIGURES, *metrics)
    return frozenset((*own, *(f"{PARENT}{name}" for name in own), "day"))


def read_rule_text(text: str, metrics: Collection[str] | None = None) -> Expression:
    """A `when` or `recover_when`; with `metrics` unknown names are an ExpressionError, without them any name is taken."""
    names = None if metrics is None else rule_names(metrics)
    return parse(text, names, where=_WHERE, references=REFERENCES)


def canonical(name: str) -> str:
    """The name under which a value is read, for one that is written as in the rule: `target_of("m")` as `target_of('m')`."""
    found = _REFERENCE.fullmatch(name)
    return reference_name(found[1], found[2] or found[3] or "") if found else name
