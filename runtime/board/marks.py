"""The marks that rules leave on the rows of a board."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from runtime.alerts.rows import AcknowledgementRow, AlertRow
from runtime.board.view import Answer, Mark
from runtime.delivery.rows import NotificationRow
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows
from schema_defs.rule import Rule
from schema_defs.text import Text

Marks = dict[tuple[str, str], tuple[Mark, ...]]
"""By scope and key, the most serious first."""

OPEN = ("pending", "firing", "recovering", "no_data")
_ORDER = {"firing": 0, "recovering": 1, "pending": 2, "no_data": 3}


async def marks_of(configured: Prepared) -> Marks:
    """The marks of all rules of the live release on all scopes."""
    alerts = await rows(AlertRow, configured.tenant).filter(state__in=OPEN)
    answers = await answers_of(configured.tenant, alerts)
    told = await told_of(configured, alerts)
    found: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for alert in alerts:
        rule = configured.release.rules.get(alert.rule)
        if rule is not None:
            found[alert.scope, alert.key].append(
                _mark(configured, rule, alert, answers.get(alert.id), told.get(alert.id))
            )
    return {place: tuple(sorted(some, key=_seriousness)) for place, some in found.items()}


def colour_of(rule: Rule) -> str:
    """What the rule's `mark` action says; a rule without one is amber."""
    return next((action.mark for action in rule.on_fire if action.mark), "amber")


async def answers_of(tenant: str, alerts: Sequence[AlertRow]) -> dict[str, AcknowledgementRow]:
    """The last answer to each of the alerts, since it fired."""
    query = rows(AcknowledgementRow, tenant).filter(alert_id__in=[alert.id for alert in alerts]).order_by("at")
    since = {alert.id: alert.since or date.min for alert in alerts}
    return {row.alert_id: row for row in await query if row.at.date() >= since[row.alert_id]}


async def told_of(configured: Prepared, alerts: Sequence[AlertRow]) -> dict[str, NotificationRow]:
    """The first message about each firing alert's present episode."""
    rules = {alert.rule for alert in alerts if alert.since}
    query = (
        rows(NotificationRow, configured.tenant).filter(rule__in=sorted(rules), notice="fired").order_by("created_at")
    )
    newest = {(row.rule, row.scope, row.scope_key): row for row in await query}
    found = {}
    for alert in alerts:
        row = newest.get((alert.rule, alert.scope, alert.key))
        if alert.since and row and row.created_at.date() >= alert.since:
            found[alert.id] = row
    return found


def answer_kind(answer: AcknowledgementRow | None) -> Answer:
    if answer is None:
        return "none"
    if answer.kind == "support":
        return "support"
    if answer.kind == "reason":
        return "promise" if answer.promised_on else "reason"
    return "seen"


def name_of(configured: Prepared, person: str | None) -> Text | None:
    """A person's name, or the key of somebody unknown."""
    if person is None:
        return None
    found = configured.org.person(person)
    return found.label or person if found else person


def _mark(
    configured: Prepared,
    rule: Rule,
    alert: AlertRow,
    answer: AcknowledgementRow | None,
    told: NotificationRow | None,
) -> Mark:
    firing = alert.state in ("firing", "recovering")
    colour = "grey" if alert.state == "no_data" else colour_of(rule) if firing else "amber"
    return Mark(
        rule=rule.name,
        label=rule.label or rule.name,
        colour=colour,  # type: ignore[arg-type]  # the schema allows red and amber only
        state=alert.state,  # type: ignore[arg-type]  # filtered by OPEN
        days=int(alert.values.get("run", 0)),
        needed=rule.for_,
        metric=rule.metric,
        since=alert.since or alert.episode,
        alert=alert.id,
        answer=answer_kind(answer),
        answered_by=name_of(configured, answer.person if answer else None),
        told=name_of(configured, told.recipient if told else None),
    )


def _seriousness(mark: Mark) -> tuple[int, int]:
    return (0 if mark.colour == "red" else 1, _ORDER[mark.state])
