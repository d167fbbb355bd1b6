"""The alerts as lines of a panel or a page, the most serious first."""

from datetime import datetime

from engine.org import COMPANY
from engine.rules.fold import FIRING
from runtime.alerts.rows import AcknowledgementRow, AlertRow
from runtime.board.hidden import hidden_from, metrics_read
from runtime.board.marks import OPEN, answer_kind, answers_of, colour_of, name_of, told_of
from runtime.board.view import OpenAlert
from runtime.delivery.rows import NotificationRow
from runtime.people.rights import Sight
from runtime.releases.prepared import Prepared
from runtime.tenancy import rows
from schema_defs.rule import Rule
from schema_defs.text import Text, pick

_ORDER = {"firing": 0, "recovering": 1, "no_data": 2, "pending": 3, "inactive": 4}


async def alert_lines(configured: Prepared, sight: Sight, *, states: tuple[str, ...] = OPEN) -> tuple[OpenAlert, ...]:
    """One line per alert of the live rules in one of the states that the reader may see."""
    hidden = hidden_from(configured, sight)
    alerts = [
        alert
        for alert in await rows(AlertRow, configured.tenant).filter(state__in=states)
        if alert.rule in configured.release.rules
        and sight.sees(alert.scope, alert.key)
        and not hidden.intersection(metrics_read(configured, alert.rule))
    ]
    answers, told = await answers_of(configured, alerts), await told_of(configured, alerts)
    escalated = await told_of(configured, alerts, "escalated")
    lines = [
        _line(configured, alert, answers.get(alert.id), told.get(alert.id), escalated=alert.id in escalated)
        for alert in alerts
    ]
    return tuple(sorted(lines, key=lambda line: (_ORDER.get(line.state, 9), -line.days, line.key)))


def sentence_of(rule: Rule, days: int) -> Text:
    """Where the alert stands, in a sentence."""
    unit = {
        "zh": "个工作日" if rule.days == "working" else "天",
        "en": "working days" if rule.days == "working" else "days",
    }
    if days == 1:
        unit["en"] = unit["en"].removesuffix("s")
    what = {lang: pick(rule.label, lang, rule.name) for lang in ("zh", "en")}
    return {"zh": f"{what['zh']}，第 {days} {unit['zh']}", "en": f"{what['en']}, for {days} {unit['en']}"}


def scope_label(configured: Prepared, scope: str, key: str) -> Text:
    """How people call a scope."""
    match scope:
        case "region":
            return configured.org.label(key)
        case "person":
            return name_of(configured, key) or key
        case _:
            organisation = configured.release.organisation
            return (organisation.label if organisation else None) or COMPANY


def _line(
    configured: Prepared,
    alert: AlertRow,
    answer: AcknowledgementRow | None,
    told: NotificationRow | None,
    *,
    escalated: bool,
) -> OpenAlert:
    rule = configured.release.rules[alert.rule]
    firing, days = alert.state in FIRING, int(alert.values.get("run", 0))
    colour = "grey" if alert.state in ("no_data", "inactive") else colour_of(rule) if firing else "amber"
    return OpenAlert(
        id=alert.id,
        scope=alert.scope,  # type: ignore[arg-type]  # scopes are written by us
        key=alert.key,
        scope_label=scope_label(configured, alert.scope, alert.key),
        rule_label=rule.label or rule.name,
        sentence=sentence_of(rule, days),
        colour=colour,  # type: ignore[arg-type]  # the schema allows red and amber only
        state=alert.state,  # type: ignore[arg-type]  # states are written by us
        days=days,
        since=alert.since or alert.episode or alert.day,
        told=name_of(configured, told.recipient if told else None),
        told_at=_local(configured, told.sent_at or told.created_at) if told else None,
        answer=answer_kind(answer),
        answered_by=name_of(configured, answer.person if answer else None),
        answer_text=(answer.text or answer.reason) if answer else None,
        escalated=escalated,
        reads=metrics_read(configured, rule.name),
    )


def _local(configured: Prepared, moment: datetime) -> datetime:
    return moment.astimezone(configured.calendar.tz)
