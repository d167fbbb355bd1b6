"""Under a new release: which rules' verdicts still stand, and when the rules are judged."""

from engine.metrics.derive import in_order
from engine.rules.facts import metrics_of, reads_of
from engine.rules.judge import Judge
from runtime.alerts.judging import time_of
from runtime.alerts.rows import AlertRow, JudgedDayRow
from runtime.queue.jobs import enqueue
from runtime.releases.hooks import Publishing, on_publish
from runtime.tenancy import rows
from schema_defs.release import Release
from schema_defs.rule import Rule


@on_publish
async def plan_judging(publishing: Publishing) -> None:
    """Forgets the verdicts that would be others now, so that their whole history is judged anew, and has all rules judged at once.

    Alerts of rules that are gone are over.
    """
    tenant, after = publishing.tenant, publishing.live.release
    changed = changed_rules(publishing.before.release if publishing.before else None, after)
    if changed:
        await rows(JudgedDayRow, tenant).filter(rule__in=changed).delete()
    gone = rows(AlertRow, tenant).exclude(rule__in=list(after.rules) or [""]).exclude(state="inactive")
    await gone.update(state="inactive", mark=None, updated_at=publishing.now)
    for at in sorted({time_of(rule, after.calendar) for rule in after.rules.values()}):
        await enqueue(tenant, "judge", at, {"at": at}, now=publishing.now)


def changed_rules(before: Release | None, after: Release) -> list[str]:
    """The rules whose verdicts on past days may be others than before."""
    known = {name: basis_of(rule, before) for name, rule in before.rules.items()} if before else {}
    return [name for name, rule in after.rules.items() if known.get(name) != basis_of(rule, after)]


def basis_of(rule: Rule, release: Release) -> object:
    """Everything that a verdict of the rule follows from, apart from the records."""
    reads = reads_of(Judge(rule).names, rule.metric, release.metrics)
    metrics = in_order(release.metrics, sorted(metrics_of(reads, release)))
    names = {metric.name for metric in metrics}
    return (
        (rule.when, rule.recover_when, rule.scope, rule.level, rule.metric, rule.days),
        release.calendar,
        release.organisation,
        metrics,
        [release.datasets.get(metric.dataset or "") for metric in metrics],
        [plan for plan in release.plans.values() if plan.metric in names],
        release.scorecards if any(read.figure == "score" for read in reads) else None,
    )
