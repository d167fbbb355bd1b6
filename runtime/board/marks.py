"""The marks that rules leave on the rows of a board."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from engine.rules.fold import FIRING
from runtime.alerts.rows import AcknowledgementRow, AlertRow
from runtime.board.hidden import metrics_read
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


async def marks_of(configured: Prepared, hidden: frozenset[str] = frozenset()) -> Marks:
    """The marks of the live release's rules on all scopes, but for those of rules that read a metric in `hidden`."""
    alerts = await rows(AlertRow, configured.tenant).filter(state__in=OPEN)
    answers = await answers_of(configured, alerts)
    told = await told_of(configured, alerts)
    found: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for alert in alerts:
        rule = configured.release.rules.get(alert.rule)
        if rule is not None and not hidden.intersection(metrics_read(configured, rule.name)):
            found[alert.scope, alert.key].append(
                _mark(configured, rule, alert, answers.get(alert.id), told.get(alert.id))
            )
    return {place: tuple(sorted(some, key=_seriousness)) for place, some in found.items()}


def colour_of(rule: Rule) -> str:
    """What the rule's `mark` action says; a rule without one is amber."""
    return next((action.mark for action in rule.on_fire if action.mark), "amber")


async def answers_of(configured: Prepared, alerts: Sequence[AlertRow]) -> dict[str, AcknowledgementRow]:
    """The last answer to each of the alerts, since it fired."""
    wanted = rows(AcknowledgementRow, configured.tenant).filter(alert_id__in=[alert.id for alert in alerts])
    since, found = {alert.id: alert.since for alert in alerts}, await wanted.order_by("at")
    return {row.alert_id: row for row in found if _is_of(configured, row.at, since[row.alert_id])}


async def told_of(
    configured: Prepared, alerts: Sequence[AlertRow], notice: str = "fired"
) -> dict[str, NotificationRow]:
    """The last message of a kind about each firing alert's present episode, by the alert's id."""
    rules = {alert.rule for alert in alerts if alert.since}
    query = rows(NotificationRow, configured.tenant).filter(rule__in=sorted(rules), notice=notice)
    newest = {(row.rule, row.scope, row.scope_key): row for row in await query.order_by("created_at")}
    found = {}
    for alert in alerts:
        row = newest.get((alert.rule, alert.scope, alert.key))
        if alert.since and row and _is_of(configured, row.created_at, alert.since):
            found[alert.id] = row
    return found


def _is_of(configured: Prepared, moment: datetime, since: date | None) -> bool:
    """Whether something belongs to the episode that began to fire on that day."""
    return moment.astimezone(configured.calendar.tz).date() >= (since or date.min)


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
    firing = alert.state in FIRING
    colour = "grey" if alert.state == "no_data" else colour_of(rule) if firing else "amber"
    return Mark(
        rule=rule.name,
        label=rule.label or rule.name,
        colour=colour,  # type: ignore[arg-type]  # the schema allows red and amber only
        state=alert.state,  # type: ignore[arg-type]  # filtered by OPEN
        days=int(alert.values.get("run", 0)),
        needed=rule.for_,
        metric=rule.metric,
        reads=metrics_read(configured, rule.name),
        since=alert.since or alert.episode,
        alert=alert.id,
        answer=answer_kind(answer),
        answered_by=name_of(configured, answer.person if answer else None),
        told=name_of(configured, told.recipient if told else None),
    )


def _seriousness(mark: Mark) -> tuple[int, int]:
    return (0 if mark.colour == "red" else 1, _ORDER[mark.state])
