"""From a notice to a message: to whom, over which channel, in which words."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

import msgspec

from connectors.channels.registry import CHANNELS
from engine.routing import Recipient, Scope, data_owners, recipients
from engine.rules.fold import Past
from engine.rules.notices import About, Notice
from engine.rules.verdict import Verdict
from engine.template import TemplateError, render
from runtime.alerts.words import DEFAULTS
from runtime.board.alert_lines import scope_label
from runtime.board.columns import currency_of
from runtime.delivery.outbox import INBOX, Message
from runtime.releases.prepared import Prepared
from schema_defs import message as documents
from schema_defs.case import Notice as NoticeKind
from schema_defs.rule import Action, Rule
from schema_defs.text import Lang, Said, pick

STRIP_DAYS = 10
_SQUARES = {Verdict.HOLDS: "🟥", Verdict.CLEAR: "🟩", Verdict.NO_DATA: "⬜"}


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """One recipient over one channel, with the message document for each kind of notice that goes there (None: our own words).

    What happens is noted for everybody; a kind that the rule's actions do not send there is told to nobody.
    """

    recipient: Recipient
    channel: str
    messages: dict[NoticeKind, str | None]

    @property
    def about(self) -> tuple[About, ...]:
        found: list[About] = []
        if {"fired", "recovered"} & set(self.messages):
            found.append("alert")
        if "no_data" in self.messages:
            found.append("data")
        return tuple(found)


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """What a message is about: one notice of one rule and scope, with the days behind it and the values of the last of them."""

    configured: Prepared
    rule: Rule
    scope: Scope
    notice: Notice
    past: Sequence[Past]
    read: dict[str, object]


def addresses(configured: Prepared, rule: Rule, scope: Scope, day: date) -> tuple[Address, ...]:
    """Everybody whom the rule may tell something about the scope: by `on_fire`, by `on_recover`, or as owner of missing data."""
    found: dict[tuple[str, str], Address] = {}

    def add(recipient: Recipient, channel: str, kinds: Sequence[NoticeKind], message: str | None) -> None:
        place = (recipient.person, channel)
        address = found.setdefault(place, Address(recipient=recipient, channel=channel, messages={}))
        for kind in kinds:
            address.messages.setdefault(kind, message)

    for recipient, channel, message in _asked(configured, rule.on_fire, scope, day):
        add(recipient, channel, ("fired", "repeated"), message)
    for recipient, channel, message in _asked(configured, rule.on_recover, scope, day):
        add(recipient, channel, ("recovered",), message)
    if rule.no_data == "notify":
        for owner in data_owners(scope, configured.org, day):
            add(owner, INBOX, ("no_data", "data_back"), None)
    return tuple(found.values())


def _asked(
    configured: Prepared, actions: Sequence[Action], scope: Scope, day: date
) -> Iterator[tuple[Recipient, str, str | None]]:
    """Every recipient of the actions with channel and message; what is about a person never goes to a group."""
    for action in actions:
        if action.notify is not None:
            for recipient in recipients(action.notify, scope, configured.org, day):
                yield recipient, private_channel(configured, action.channel, recipient), action.message


def private_channel(configured: Prepared, channel: str | None, recipient: Recipient) -> str:
    """The channel that was asked for; the inbox where none was, or where others would read what is one person's."""
    document = configured.release.channels.get(channel or INBOX)
    is_private = document is None or CHANNELS[document.type].private
    return INBOX if channel is None or (recipient.private and not is_private) else channel


def message_of(
    about: Occasion, address: Address, *, link: str, lang: Lang, mobiles: tuple[str, ...], now: datetime
) -> tuple[Message, Said | None]:
    """The message in the words of the rule's message document or, without one, in ours; and why the document could not be used.

    A document that fails on the day's values loses no notice: our own words go out instead.
    """
    notice, rule = about.notice, about.rule
    name = address.messages.get(notice.kind)
    document = about.configured.release.messages.get(name or "") or DEFAULTS[notice.kind]
    try:
        title, body, trouble = *_rendered(about, document, address.channel, lang), None
    except TemplateError as error:
        title, body = _rendered(about, DEFAULTS[notice.kind], address.channel, lang)
        trouble = error.said
    message = Message(
        rule=rule.name,
        scope=about.scope.kind,
        scope_key=about.scope.key,
        notice=notice.kind,
        number=notice.number,
        recipient=address.recipient.person,
        channel=address.channel,
        title=title,
        body=body,
        link=link,
        lang=lang,
        at_mobiles=mobiles,
        not_before=sendable_at(about.configured, rule, now),
    )
    return message, trouble


def _rendered(about: Occasion, document: documents.Message, channel: str, lang: Lang) -> tuple[str, str]:
    """Title and body; the title is plain text, which channels escape themselves."""
    words, escape, currency = _words(about, lang), escape_of(about.configured, channel), currency_of(about.configured)
    title = render(document.title, words, lang, currency=currency)
    return title, render(document.channels.get(channel, document.body), words, lang, escape, currency=currency)


def escape_of(configured: Prepared, channel: str) -> Callable[[str], str]:
    """How users' words are made harmless in the channel's markup."""
    document = configured.release.channels.get(channel)
    return CHANNELS[document.type if document else INBOX].escape


def sendable_at(configured: Prepared, rule: Rule | None, now: datetime) -> datetime:
    """Now, or the next opening of the working hours; urgent rules do not wait."""
    if rule is not None and rule.urgent:
        return now
    return configured.calendar.next_opening(now)


def _words(about: Occasion, lang: Lang) -> dict[str, object]:
    """What a template may say: plain values only."""
    configured, rule, scope, notice, past = about.configured, about.rule, about.scope, about.notice, about.past
    metric = configured.release.metrics.get(rule.metric or "")
    return {
        **dict.fromkeys(("actual", "target", "attainment", "pace", "gap", "gap_amount", "run_rate", "projection")),
        **about.read,
        "scope": {
            "key": scope.key,
            "kind": scope.kind,
            "label": pick(scope_label(configured, scope.kind, scope.key), lang),
        },
        "rule": {"name": rule.name, "label": pick(rule.label, lang, rule.name), "severity": rule.severity},
        "metric": {"name": rule.metric or "", "label": pick(metric.label if metric else None, lang, rule.metric or "")},
        "days": past[-1].alert.run if past else 0,
        "since": past[-1].alert.fired if past else None,
        "day": notice.day,
        "month": notice.month or f"{notice.day:%Y-%m}",
        "notice": notice.kind,
        "strip": strip_of(past),
    }


def strip_of(past: Sequence[Past]) -> str:
    """The last judged days as squares: red held, green was clear, white had no data."""
    return "".join(_SQUARES[one.verdict] for one in past[-STRIP_DAYS:])
