"""Telling that a meeting's snapshot is ready: once per occurrence, in the words of the meeting's message document."""

from collections.abc import Sequence
from datetime import datetime

from connectors.channels.registry import CHANNELS
from engine.org import COMPANY
from engine.template import TemplateError, render
from runtime.alerts.notices import escape_of, sendable_at
from runtime.audit.log import note
from runtime.board.alert_lines import scope_label
from runtime.board.columns import currency_of
from runtime.context import Context
from runtime.delivery.outbox import Message, put
from runtime.meetings.occurrences import Occurrence
from runtime.meetings.rows import SnapshotRow
from runtime.people.directory import reach_of
from runtime.people.languages import language_of
from runtime.releases.prepared import Prepared
from schema_defs import message as documents
from schema_defs.meeting import Meeting, Send
from schema_defs.text import Lang, pick

SYSTEM = "system"
OURS = documents.Message(
    name="snapshot",
    title={"zh": "{{ meeting }}：快照已生成", "en": "{{ meeting }}: the snapshot is ready"},
    body={
        "zh": "数据截至 {{ until | date }}，已经冻结；会议请以此为准。校验码 {{ code }}",
        "en": "The numbers to {{ until | date }} are frozen; please use them in the meeting. Code {{ code }}",
    },
)


async def announce(
    context: Context, configured: Prepared, meeting: Meeting, occurrence: Occurrence, row: SnapshotRow, now: datetime
) -> None:
    """One message to the meeting's group, or one to each of its people over a private channel; part of the caller's transaction.

    `to` names people or roles, without it the meeting's attendees; in a group only those named in `to` are called by telephone.
    """
    send = meeting.snapshot.send if meeting.snapshot else None
    if send is None:
        return
    document = configured.release.channels.get(send.channel)
    if document is None or CHANNELS[document.type].private:
        for person in _people(configured, send.to or meeting.attendees, occurrence):
            lang = await language_of(configured.tenant, person)
            await _put(context, configured, meeting, occurrence, row, send, person, lang, (), now)
        return
    mobiles = await _mobiles(context, configured, _people(configured, send.to, occurrence))
    await _put(context, configured, meeting, occurrence, row, send, f"meeting:{meeting.name}", "zh", mobiles, now)


async def _put(
    context: Context,
    configured: Prepared,
    meeting: Meeting,
    occurrence: Occurrence,
    row: SnapshotRow,
    send: Send,
    recipient: str,
    lang: Lang,
    mobiles: tuple[str, ...],
    now: datetime,
) -> None:
    title, body = await _rendered(configured, meeting, occurrence, row, send, lang, now)
    message = Message(
        rule=meeting.name,
        scope="company",
        scope_key=COMPANY,
        notice="snapshot",
        number=occurrence.week.toordinal(),
        recipient=recipient,
        channel=send.channel,
        title=title,
        body=body,
        link=f"{context.settings.base_url}/calibration/{row.id}",
        lang=lang,
        at_mobiles=mobiles,
        not_before=sendable_at(configured, None, now),
    )
    await put(configured.tenant, message, now=now)


async def _rendered(
    configured: Prepared,
    meeting: Meeting,
    occurrence: Occurrence,
    row: SnapshotRow,
    send: Send,
    lang: Lang,
    now: datetime,
) -> tuple[str, str]:
    """Title and body. A document that fails on these values loses no message: our own words go out instead."""
    words = {
        "meeting": pick(meeting.label, lang, meeting.name),
        "board": pick(row.title[0], lang),
        "scope": {"kind": "company", "key": COMPANY, "label": pick(scope_label(configured, "company", COMPANY), lang)},
        "day": occurrence.day,
        "until": row.as_of,
        "release": row.release,
        "code": row.code,
    }
    escape = escape_of(configured, send.channel)
    currency = currency_of(configured)
    document = configured.release.messages.get(send.message or "", OURS)
    try:
        body = document.channels.get(send.channel, document.body)
        return render(document.title, words, lang, currency=currency), render(
            body, words, lang, escape, currency=currency
        )
    except TemplateError as error:
        detail = {"message": send.message, "zh": error.said.zh, "en": error.said.en}
        await note(configured.tenant, SYSTEM, "message failed", meeting.name, detail, now=now)
        return render(OURS.title, words, lang), render(OURS.body, words, lang, escape)


def _people(configured: Prepared, named: Sequence[str], occurrence: Occurrence) -> list[str]:
    """The people behind keys, and behind roles as far as they are there on the day; each once."""
    org = configured.org
    found: list[str] = []
    for name in named:
        holders = [person.key for person in org.with_role(name) if org.is_present(person.key, occurrence.day)]
        found += [name] if org.person(name) else holders
    return list(dict.fromkeys(found))


async def _mobiles(context: Context, configured: Prepared, people: Sequence[str]) -> tuple[str, ...]:
    reaches = [await reach_of(configured.tenant, person, context.secrets) for person in people]
    return tuple(reach.dingtalk for reach in reaches if reach.dingtalk)
