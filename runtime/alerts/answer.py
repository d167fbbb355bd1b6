"""Answering an alert: seen, a reason with a promised date, or a request for support."""

from datetime import date
from typing import Literal

import msgspec

from runtime.alerts.rows import AcknowledgementRow, AlertRow
from runtime.audit.log import note
from runtime.context import Context
from runtime.database import transact
from runtime.delivery.outbox import INBOX, Message, put
from runtime.events import publish_after_commit
from runtime.releases.prepared import prepared
from runtime.tenancy import add, rows
from schema_defs.errors import AuthorError, UsageError
from schema_defs.text import Said

LONGEST = 1000
REASONS: dict[str, Said] = {
    "customer_delay": Said(zh="客户延期", en="Customer postponed"),
    "delivery": Said(zh="交付或产能", en="Delivery or capacity"),
    "price": Said(zh="价格竞争", en="Price competition"),
    "staffing": Said(zh="人手不足", en="Short of people"),
    "data": Said(zh="数据有误", en="The data is wrong"),
    "other": Said(zh="其他", en="Other"),
}
"""The reasons that can be chosen; more is said in the text."""


class AlertAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a person answers. A reason needs its code; the promised date lies in the future."""

    kind: Literal["seen", "reason", "support"]
    reason: str | None = None
    text: str = ""
    promised_on: date | None = None


async def answer_alert(
    context: Context, tenant: str, alert_id: str, person: str, answer: AlertAnswer, mentioned: tuple[str, ...] = ()
) -> None:
    """Stores the answer and tells those `mentioned` in their inbox.

    Raises AuthorError for an answer that says nothing, UsageError for an alert that does not exist.
    """
    now, configured = context.clock.now(), await prepared(tenant)
    _check(answer, configured.calendar.today(now) if configured else now.date())
    alert = await rows(AlertRow, tenant).get_or_none(id=alert_id)
    if alert is None:
        raise UsageError(Said(zh="没有这个告警", en="there is no such alert"))

    async def write() -> None:
        await add(
            AcknowledgementRow(
                tenant=tenant,
                alert_id=alert_id,
                person=person,
                kind=answer.kind,
                reason=answer.reason,
                promised_on=answer.promised_on,
                text=answer.text.strip(),
                at=now,
            )
        )
        await note(tenant, person, "answer", alert_id, {"kind": answer.kind, "reason": answer.reason}, now=now)
        for each in mentioned:
            await put(tenant, _mention(context, alert, person, each, answer), now=now)
        publish_after_commit(context.events, tenant, "alert", {"id": alert_id, "answer": answer.kind})

    await transact(write)


def _mention(context: Context, alert: AlertRow, person: str, mentioned: str, answer: AlertAnswer) -> Message:
    now = context.clock.now()
    return Message(
        rule=alert.rule,
        scope=alert.scope,
        scope_key=alert.key,
        notice="mention",
        number=int(now.timestamp() * 1000),
        recipient=mentioned,
        channel=INBOX,
        title=f"@{mentioned}",
        body=answer.text or answer.kind,
        link=f"{context.settings.base_url}/alerts/{alert.id}",
        not_before=now,
    )


def _check(answer: AlertAnswer, today: date) -> None:
    if answer.kind == "reason" and answer.reason not in REASONS:
        known = "、".join(said.zh for said in REASONS.values()), ", ".join(said.en for said in REASONS.values())
        raise AuthorError(Said(zh=f"请选择一个原因：{known[0]}", en=f"choose a reason: {known[1]}"))
    if len(answer.text) > LONGEST:
        raise AuthorError(Said(zh=f"文字最多 {LONGEST} 个字符", en=f"the text may have {LONGEST} characters at most"))
    if answer.promised_on is not None and answer.promised_on < today:
        raise AuthorError(
            Said(zh=f"承诺日期 {answer.promised_on} 已经过去", en=f"the promised date {answer.promised_on} has passed")
        )
