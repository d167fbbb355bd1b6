"""An alert that nobody answered in time is told to the next one, once per episode."""

from datetime import date, datetime
from typing import Any

import msgspec

from engine.routing import Recipient, Scope, escalated_to
from engine.rules.fold import FIRING
from engine.template import TemplateError, render
from runtime.alerts.conclude import SYSTEM
from runtime.alerts.notices import escape_of, private_channel, sendable_at
from runtime.alerts.rows import AcknowledgementRow, AlertRow, ToldRow
from runtime.audit.log import note
from runtime.board.alert_lines import scope_label, sentence_of
from runtime.board.columns import currency_of
from runtime.context import Context
from runtime.database import transact
from runtime.delivery.outbox import Message, put
from runtime.people.directory import reach_of
from runtime.people.languages import language_of
from runtime.queue.handlers import handler
from runtime.releases.prepared import Prepared, prepared
from runtime.tenancy import add_missing, rows
from schema_defs.rule import Rule, Unanswered
from schema_defs.text import Lang, Said, Text, pick


@handler("escalate")
async def escalate(context: Context, tenant: str, args: dict[str, Any]) -> dict[str, int]:
    """Tells the rule's next recipients unless somebody answered, or the alert ended, in between."""
    configured = await prepared(tenant)
    alert = await rows(AlertRow, tenant).get_or_none(id=args["alert"])
    rule = configured.release.rules.get(alert.rule) if configured and alert else None
    if configured is None or alert is None or rule is None or rule.unanswered is None:
        return {"told": 0}
    ended = alert.state not in FIRING or f"{alert.episode}" != args["episode"]
    if ended or await _is_answered(tenant, alert, datetime.fromisoformat(args["asked_at"])):
        return {"told": 0}
    scope = Scope(alert.scope, alert.key)  # type: ignore[arg-type]  # written by us
    today = configured.calendar.today(context.clock.now())
    told = 0
    for recipient in escalated_to(rule.unanswered, scope, configured.org, today):
        step = _Escalation(context, configured, rule, rule.unanswered, alert)
        told += await transact(lambda step=step, recipient=recipient: step.tell(recipient))  # type: ignore[misc]
    return {"told": told}


async def _is_answered(tenant: str, alert: AlertRow, asked_at: datetime) -> bool:
    return await rows(AcknowledgementRow, tenant).filter(alert_id=alert.id, at__gte=asked_at).exists()


class _Escalation:
    """One unanswered alert."""

    def __init__(
        self, context: Context, configured: Prepared, rule: Rule, unanswered: Unanswered, alert: AlertRow
    ) -> None:
        self.context, self.configured, self.rule, self.alert = context, configured, rule, alert
        self.unanswered, self.now = unanswered, context.clock.now()

    async def tell(self, recipient: Recipient) -> bool:
        """Tells one recipient, with the next number of what they were told, unless they know of this episode already."""
        tenant, episode = self.configured.tenant, f"{self.alert.episode}"
        channel = private_channel(self.configured, self.unanswered.channel, recipient)
        place = {
            "rule": self.rule.name,
            "scope": self.alert.scope,
            "key": self.alert.key,
            "recipient": recipient.person,
            "channel": channel,
        }
        await rows(AlertRow, tenant).select_for_update().get(id=self.alert.id)
        await add_missing([ToldRow(tenant=tenant, what={}, **place)])
        told = await rows(ToldRow, tenant).get(**place)
        if told.what.get("escalated") == episode:
            return False
        number = told.number + 1
        await put(tenant, await self._message(recipient, channel, number), now=self.now)
        what = {**told.what, "number": number, "escalated": episode}
        await rows(ToldRow, tenant).filter(id=told.id).update(number=number, what=what)
        return True

    async def _message(self, recipient: Recipient, channel: str, number: int) -> Message:
        lang = await language_of(self.configured.tenant, recipient.person)
        reach = await reach_of(self.configured.tenant, recipient.person, self.context.secrets)
        title, body = await self._rendered(channel, lang)
        return Message(
            rule=self.rule.name,
            scope=self.alert.scope,
            scope_key=self.alert.key,
            notice="escalated",
            number=number,
            recipient=recipient.person,
            channel=channel,
            title=title,
            body=body,
            link=f"{self.context.settings.base_url}/alerts/{self.alert.id}",
            lang=lang,
            at_mobiles=(reach.dingtalk,) if reach.dingtalk else (),
            not_before=sendable_at(self.configured, self.rule, self.now),
        )

    async def _rendered(self, channel: str, lang: Lang) -> tuple[str, str]:
        """In the words of the rule's message, or ours."""
        escape, words = escape_of(self.configured, channel), self._words(lang)
        document = self.configured.release.messages.get(self.unanswered.message or "")
        try:
            if document is not None:
                currency = currency_of(self.configured)
                title = render(document.title, words, lang, currency=currency)
                body = document.channels.get(channel, document.body)
                return title, render(body, words, lang, escape, currency=currency)
        except TemplateError as error:
            detail = {"message": self.unanswered.message, "zh": error.said.zh, "en": error.said.en}
            await note(self.configured.tenant, SYSTEM, "message failed", self.rule.name, detail, now=self.now)
        return render(_TITLE, words, lang), render(_BODY, words, lang, escape)

    def _words(self, lang: Lang) -> dict[str, object]:
        run, values = int(self.alert.values.get("run", 0)), self.alert.values
        label = pick(scope_label(self.configured, self.alert.scope, self.alert.key), lang, self.alert.key)
        since: date | None = self.alert.since
        return {
            **values.get("read", {}),
            "scope": {"key": self.alert.key, "kind": self.alert.scope, "label": label},
            "rule": {"name": self.rule.name, "label": pick(self.rule.label, lang, self.rule.name)},
            "sentence": pick(sentence_of(self.rule, run), lang),
            "after": self.unanswered.after,
            "days": run,
            "since": since,
            "day": self.alert.day,
            "notice": "escalated",
        }


_TITLE: Text = msgspec.to_builtins(
    Said(zh="{{ scope.label }}还没有人回应", en="Nobody has answered for {{ scope.label }} yet")
)
_BODY: Text = msgspec.to_builtins(
    Said(
        zh="{{ sentence }}。{{ after }} 工作时间内没有回应，也许您可以帮忙。",
        en="{{ sentence }}. There was no answer within {{ after }} of working time; perhaps you can help.",
    )
)
