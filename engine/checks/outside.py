"""Connectors and channel types that this version does not have are refused, naming those that it has."""

from collections.abc import Iterable, Iterator

from engine.checks.finding import Finding
from engine.checks.view import View
from schema_defs.channel import Channel
from schema_defs.nearest import did_you_mean, nearest
from schema_defs.text import Said


def outside(view: View) -> Iterator[Finding]:
    for source in view.release.sources.values():
        if source.connector not in view.available.connectors:
            have = view.available.connectors
            yield Finding(
                document=source,
                path=("connector",),
                code="unknown-connector",
                message=Said(
                    zh=f"这个版本没有连接器 '{source.connector}'；现有：{'、'.join(have)}",
                    en=f"this version has no connector '{source.connector}'; it has: {', '.join(have)}",
                ),
                suggestion=_instead(source.connector, have),
            )
    for channel in view.release.channels.values():
        yield from _secrets(view, channel) if channel.type in view.available.channels else _no_type(view, channel)


def _no_type(view: View, channel: Channel) -> Iterator[Finding]:
    have = view.available.channels
    yield Finding(
        document=channel,
        path=("type",),
        code="unknown-channel-type",
        message=Said(
            zh=f"这个版本没有通道类型 '{channel.type}'；现有：{'、'.join(have)}",
            en=f"this version has no channel type '{channel.type}'; it has: {', '.join(have)}",
        ),
        suggestion=_instead(channel.type, have),
    )


def _secrets(view: View, channel: Channel) -> Iterator[Finding]:
    needs = view.available.channels[channel.type]
    known = (*needs.required, *needs.optional)
    for name in needs.required:
        if name not in channel.secrets:
            yield Finding(
                document=channel,
                path=("secrets",),
                code="missing-secret",
                message=Said(
                    zh=f"{channel.type} 需要密钥 '{name}'",
                    en=f"a channel of type {channel.type} needs the secret '{name}'",
                ),
                suggestion=Said(
                    zh=f"写 secrets: {{{name}: 密钥库中的名称}}",
                    en=f"write secrets: {{{name}: name_in_the_secret_store}}",
                ),
            )
    for name in channel.secrets:
        if name not in known:
            yield Finding(
                document=channel,
                path=("secrets", name),
                code="unknown-secret",
                level="warning",
                message=Said(
                    zh=f"{channel.type} 不使用密钥 '{name}'",
                    en=f"a channel of type {channel.type} uses no secret '{name}'",
                ),
                suggestion=did_you_mean(name, known) or Said(zh="删掉它", en="leave it out"),
            )


def _instead(given: str, have: Iterable[str]) -> Said | None:
    known = list(have)
    if not known:
        return None
    other = nearest(given, known) or known[0]
    return Said(zh=f"改用 '{other}'", en=f"use '{other}' instead")
