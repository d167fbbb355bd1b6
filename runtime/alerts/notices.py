"""From a notice to a message: to whom, over which channel, in which words."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import msgspec

from connectors.channels.registry import CHANNELS
from engine.routing import Recipient, Scope, data_owners, recipients
from engine.rules.fold import Past
from engine.rules.notices import Notice
from engine.rules.verdict import Verdict
from engine.template import render
from runtime.board.alert_lines import scope_label
from runtime.delivery.outbox import Message
from runtime.releases.prepared import Prepared
from schema_defs import message as documents
from schema_defs.rule import Action, Rule
from schema_defs.text import Lang, Said, Text, pick

INBOX = "inbox"
STRIP_DAYS = 10
_SQUARES = {Verdict.HOLDS: "🟥", Verdict.CLEAR: "🟩", Verdict.NO_DATA: "⬜"}


class Address(msgspec.Struct, frozen=True):
    """One recipient over one channel, as one of the rule's actions asked."""

    recipient: Recipient
    channel: str
    about: tuple[str, ...]


def addresses(configured: Prepared, rule: Rule, scope: Scope, day: date) -> tuple[Address, ...]:
    """Everybody whom the rule may tell something about the scope: of the alert by its actions, of missing data its owners."""
    found: dict[tuple[str, str], Address] = {}
    for recipient, channel, _ in _asked(configured, rule.on_fire, scope, day):
        found.setdefault((recipient.person, channel), Address(recipient, channel, ("alert",)))
    if rule.no_data == "notify":
        for owner in data_owners(scope, configured.org, day):
            known = found.get((owner.person, INBOX))
            about = ("alert", "data") if known else ("data",)
            found[owner.person, INBOX] = Address(owner, INBOX, about)
    return tuple(found.values())


def message_of(
    configured: Prepared,
    rule: Rule,
    scope: Scope,
    address: Address,
    notice: Notice,
    past: Sequence[Past],
    read: dict[str, object],
    *,
    link: str,
    lang: Lang,
    mobiles: tuple[str, ...],
    now: datetime,
) -> Message:
    """The message of the notice, in the words of the rule's message document or, without one, in ours."""
    document = _document(configured, rule, scope, address, notice)
    words = _words(configured, rule, scope, notice, past, read, lang)
    channel = configured.release.channels.get(address.channel)
    escape = CHANNELS[channel.type if channel else INBOX].escape
    return Message(
        rule=rule.name,
        scope=scope.kind,
        scope_key=scope.key,
        notice=notice.kind,
        number=notice.number,
        recipient=address.recipient.person,
        channel=address.channel,
        title=render(document.title, words, lang, escape),
        body=render(_body(document, address.channel), words, lang, escape),
        link=link,
        at_mobiles=mobiles,
        not_before=_moment(configured, rule, now),
    )


def _asked(
    configured: Prepared, actions: Sequence[Action], scope: Scope, day: date
) -> Iterator[tuple[Recipient, str, Action]]:
    """Every recipient of the actions with the channel; what is about a person never goes to a group."""
    for action in actions:
        if action.notify is None:
            continue
        for recipient in recipients(action.notify, scope, configured.org, day):
            channel = action.channel or INBOX
            document = configured.release.channels.get(channel)
            is_private = document is None or CHANNELS[document.type].private
            yield recipient, channel if is_private or not recipient.private else INBOX, action


def _document(configured: Prepared, rule: Rule, scope: Scope, address: Address, notice: Notice) -> documents.Message:
    """The message document that the action for this recipient names, or our own words for the kind of notice."""
    if notice.kind in _DEFAULTS and notice.kind in ("fired", "repeated", "recovered"):
        actions = rule.on_recover if notice.kind == "recovered" else rule.on_fire
        for recipient, channel, action in _asked(configured, actions, scope, notice.day):
            if (recipient.person, channel) == (address.recipient.person, address.channel):
                found = configured.release.messages.get(action.message or "")
                return found or _DEFAULTS[notice.kind]
    return _DEFAULTS[notice.kind]


def _words(
    configured: Prepared,
    rule: Rule,
    scope: Scope,
    notice: Notice,
    past: Sequence[Past],
    read: dict[str, object],
    lang: Lang,
) -> dict[str, object]:
    """What a template may say: plain values only."""
    metric = configured.release.metrics.get(rule.metric or "")
    run = past[-1].alert.run if past else 0
    return {
        **dict.fromkeys(("actual", "target", "attainment", "pace", "gap", "gap_amount", "run_rate", "projection")),
        **read,
        "scope": {
            "key": scope.key,
            "kind": scope.kind,
            "label": pick(scope_label(configured, scope.kind, scope.key), lang),
        },
        "rule": {"name": rule.name, "label": pick(rule.label, lang, rule.name), "severity": rule.severity},
        "metric": {"name": rule.metric or "", "label": pick(metric.label if metric else None, lang, rule.metric or "")},
        "days": run,
        "since": past[-1].alert.fired if past else None,
        "day": notice.day,
        "month": notice.month or f"{notice.day:%Y-%m}",
        "notice": notice.kind,
        "strip": strip_of(past),
    }


def strip_of(past: Sequence[Past]) -> str:
    """The last judged days as squares: red held, green was clear, white had no data."""
    return "".join(_SQUARES[one.verdict] for one in past[-STRIP_DAYS:])


def _body(document: documents.Message, channel: str) -> Text:
    return document.channels.get(channel, document.body)


def _moment(configured: Prepared, rule: Rule, now: datetime) -> datetime:
    """Now, or the next opening of the working hours; urgent rules do not wait."""
    if rule.urgent or configured.calendar.in_working_hours(now):
        return now
    return configured.calendar.next_opening(now)


def _default(name: str, title: Said, body: Said) -> documents.Message:
    return documents.Message(name=name, title={"zh": title.zh, "en": title.en}, body={"zh": body.zh, "en": body.en})


_SITUATION = Said(
    zh="{{ rule.label }}，第 {{ days }} 天。\n\n{{ strip }}", en="{{ rule.label }}, day {{ days }}.\n\n{{ strip }}"
)
_DEFAULTS: dict[str, documents.Message] = {
    "fired": _default(
        "fired", Said(zh="{{ scope.label }}可能需要支持", en="{{ scope.label }} may need support"), _SITUATION
    ),
    "repeated": _default(
        "repeated",
        Said(zh="{{ scope.label }}仍可能需要支持", en="{{ scope.label }} may still need support"),
        _SITUATION,
    ),
    "recovered": _default(
        "recovered",
        Said(zh="{{ scope.label }}已恢复", en="{{ scope.label }} has recovered"),
        Said(zh="{{ rule.label }}已解除。\n\n{{ strip }}", en="{{ rule.label }} has ended.\n\n{{ strip }}"),
    ),
    "no_data": _default(
        "no_data",
        Said(zh="{{ scope.label }}没有数据", en="No data for {{ scope.label }}"),
        Said(
            zh="规则“{{ rule.label }}”在 {{ day }} 没有数据可判定。",
            en="The rule '{{ rule.label }}' had no data to judge on {{ day }}.",
        ),
    ),
    "data_back": _default(
        "data_back",
        Said(zh="{{ scope.label }}的数据恢复了", en="Data for {{ scope.label }} is back"),
        Said(zh="规则“{{ rule.label }}”又可以判定。", en="The rule '{{ rule.label }}' can be judged again."),
    ),
}
