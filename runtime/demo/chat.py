"""The demo's chat page: what the simulated DingTalk shows in its groups."""

from datetime import tzinfo

from connectors.simulators.dingtalk.chat import ChatMessage as Shown
from connectors.simulators.dingtalk.simulator import Simulator
from runtime.board.chat import ChatMessage, ChatView, Conversation, Refusal

LISTED = 100


def chat_of(simulator: Simulator, zone: tzinfo, *, group: str | None = None) -> ChatView | None:
    """The groups with their messages, the newest group first; None for a group that does not exist."""
    by_group: dict[str, list[Shown]] = {robot.group: [] for robot in simulator.robots}
    for message in simulator.messages:
        by_group.setdefault(message.group, []).append(message)
    conversations = tuple(_conversation(name, some, zone) for name, some in by_group.items())
    chosen = (
        next((each for each in conversations if each.key == group), None) if group else next(iter(conversations), None)
    )
    if group and chosen is None:
        return None
    shown = by_group[chosen.key][-LISTED:] if chosen else []
    return ChatView(
        conversations=conversations,
        chosen=chosen,
        messages=tuple(_message(message, shown[:place], zone) for place, message in enumerate(shown)),
        refusals=_refusals(simulator, zone),
    )


def _conversation(name: str, messages: list[Shown], zone: tzinfo) -> Conversation:
    last = messages[-1] if messages else None
    return Conversation(
        key=name,
        title=name,
        kind="group",
        messages=len(messages),
        last=last.sent_at.astimezone(zone) if last else None,
        last_title=last.title if last else "",
    )


def _message(message: Shown, before: list[Shown], zone: tzinfo) -> ChatMessage:
    return ChatMessage(
        id=f"{message.key or ''}-{message.sent_at.timestamp():.6f}",
        at=message.sent_at.astimezone(zone),
        sender=message.robot,
        title=message.title,
        body=_named(message),
        mentions=tuple(f"@{mention.name or mention.address}" for mention in message.mentions if mention.rings),
        key=message.key,
        link=message.link,
        duplicate=message.key is not None and any(each.key == message.key for each in before),
    )


def _named(message: Shown) -> str:
    """The text with the names of those whose telephones stand in it, as the vendor's client shows them."""
    text = message.text
    for mention in message.mentions:
        if mention.name:
            text = text.replace(f"@{mention.address}", f"**@{mention.name}**")
    return text


def _refusals(simulator: Simulator, zone: tzinfo) -> tuple[Refusal, ...]:
    return tuple(
        Refusal(at=logged.received_at.astimezone(zone), code=logged.errcode, said=logged.errmsg)
        for logged in simulator.log[-200:]
        if logged.errcode
    )[-5:]
