"""An alert that nobody answered in time is told to the next one, once per episode."""

from datetime import date
from typing import Any

from engine.routing import Scope, escalated_to
from runtime.alerts.notices import INBOX
from runtime.alerts.rows import AcknowledgementRow, AlertRow
from runtime.board.alert_lines import scope_label, sentence_of
from runtime.context import Context
from runtime.database import transact
from runtime.delivery.outbox import Message, put
from runtime.people.directory import reach_of
from runtime.people.languages import language_of
from runtime.queue.handlers import handler
from runtime.releases.prepared import Prepared, prepared
from runtime.tenancy import rows
from schema_defs.rule import Unanswered
from schema_defs.text import Said, pick


@handler("escalate")
async def escalate(context: Context, tenant: str, args: dict[str, Any]) -> dict[str, int]:
    """Tells the rule's next recipients unless somebody answered, or the alert ended, in between."""
    configured = await prepared(tenant)
    rule = configured.release.rules.get(args["rule"]) if configured else None
    alert = await rows(AlertRow, tenant).get_or_none(rule=args["rule"], scope=args["scope"], key=args["key"])
    if configured is None or rule is None or rule.unanswered is None or alert is None:
        return {"told": 0}
    ended = alert.state not in ("firing", "recovering") or f"{alert.episode}" != args["episode"]
    if ended or await _is_answered(tenant, alert):
        return {"told": 0}
    messages = await _messages(context, configured, rule.unanswered, alert)

    async def write() -> None:
        for message in messages:
            await put(tenant, message, now=context.clock.now())

    await transact(write)
    return {"told": len(messages)}


async def _is_answered(tenant: str, alert: AlertRow) -> bool:
    answers = rows(AcknowledgementRow, tenant).filter(alert_id=alert.id)
    return any(alert.since is None or answer.at.date() >= alert.since for answer in await answers)


async def _messages(context: Context, configured: Prepared, unanswered: Unanswered, alert: AlertRow) -> list[Message]:
    now, scope = context.clock.now(), Scope(alert.scope, alert.key)  # type: ignore[arg-type]  # written by us
    rule = configured.release.rules[alert.rule]
    episode: date = alert.episode or alert.day
    found = []
    for recipient in escalated_to(unanswered, scope, configured.org, configured.calendar.today(now)):
        lang = await language_of(configured.tenant, recipient.person)
        label = pick(scope_label(configured, alert.scope, alert.key), lang, alert.key)
        sentence = pick(sentence_of(rule, int(alert.values.get("run", 0))), lang)
        reach = await reach_of(configured.tenant, recipient.person, context.secrets)
        found.append(
            Message(
                rule=rule.name,
                scope=alert.scope,
                scope_key=alert.key,
                notice="escalated",
                number=episode.toordinal(),
                recipient=recipient.person,
                channel=f"{unanswered.channel or INBOX}",
                title=_TITLE.in_(lang).format(scope=label),
                body=_BODY.in_(lang).format(sentence=sentence, after=unanswered.after),
                link=f"{context.settings.base_url}/alerts/{alert.id}",
                at_mobiles=(reach.dingtalk,) if reach.dingtalk else (),
                not_before=now,
            )
        )
    return found


_TITLE = Said(zh="{scope}还没有人回应", en="Nobody has answered for {scope} yet")
_BODY = Said(
    zh="{sentence}。{after} 工作时间内没有回应，也许您可以帮忙。",
    en="{sentence}. There was no answer within {after} of working time; perhaps you can help.",
)
