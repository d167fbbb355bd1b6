"""The rules of a release, ready to judge: read once per release, asked for with every changed number."""

import msgspec

from engine.metrics.window import Window
from engine.rules.facts import Read, metrics_of, reads_of
from engine.rules.judge import Judge
from engine.rules.names import FIGURES
from runtime.releases.prepared import Prepared
from schema_defs.rule import Rule


class ReadyRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule with its conditions compiled; `judged` are the metrics that its conditions read.

    `figures` are what it reads and all figures of its own metric, for messages to tell; `metrics` are those behind all of
    them, and `bases` the base metrics behind these.
    """

    rule: Rule
    judge: Judge
    reads: tuple[Read, ...]
    figures: tuple[Read, ...]
    judged: frozenset[str]
    metrics: frozenset[str]
    bases: frozenset[str]
    reads_parent: bool
    windows: tuple[Window, ...] = ()
    """The windows behind its metrics: they read further back than the month."""


def ready_rules(configured: Prepared) -> tuple[ReadyRule, ...]:
    """All rules of the release."""
    return configured.once(
        "rules", lambda: tuple(_ready(configured, rule) for rule in configured.release.rules.values())
    )


def ready_rule(configured: Prepared, name: str) -> ReadyRule:
    return next(each for each in ready_rules(configured) if each.rule.name == name)


def _ready(configured: Prepared, rule: Rule) -> ReadyRule:
    judge = Judge(rule, configured.calendar.is_working)
    reads = reads_of(judge.names, rule.metric, configured.release.metrics)
    own = [name for name in FIGURES if name != "score" and name not in judge.names] if rule.metric else []
    figures = (*reads, *reads_of(own, rule.metric, configured.release.metrics))
    metrics = metrics_of(figures, configured.release)
    bases = frozenset[str]().union(*(configured.metrics.bases_of(metric) for metric in metrics))
    return ReadyRule(
        rule=rule,
        judge=judge,
        reads=reads,
        figures=figures,
        judged=metrics_of(reads, configured.release),
        metrics=metrics,
        bases=bases,
        reads_parent=any(read.of_parent for read in reads),
        windows=tuple(window for metric in sorted(metrics) for window in configured.metrics.windows_of(metric)),
    )
