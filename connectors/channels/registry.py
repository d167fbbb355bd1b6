"""The channel types that this version has, one line each."""

from collections.abc import Callable, Mapping
from datetime import datetime

import httpx
import msgspec

from connectors.channels.dingtalk_robot.escape import escape_markdown
from connectors.channels.dingtalk_robot.send import open_dingtalk_robot
from connectors.channels.inbox.channel import open_inbox, same_text
from connectors.channels.protocol import Channel
from connectors.errors import ConfigError
from schema_defs import channel as documents
from schema_defs.text import Said

Open = Callable[[documents.Channel, Mapping[str, str], httpx.AsyncClient, Callable[[], datetime]], Channel]


class ChannelType(msgspec.Struct, frozen=True, kw_only=True):
    """One way to reach people: how to open it, which secrets it must and may have, whether it leaves our own tables,
    whether it reaches one person alone, and how users' words are made harmless in its markup."""

    open: Open
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    network: bool = True
    private: bool = False
    escape: Callable[[str], str] = same_text


CHANNELS: dict[str, ChannelType] = {
    "dingtalk_robot": ChannelType(
        open=open_dingtalk_robot, required=("url",), optional=("sign",), escape=escape_markdown
    ),
    "inbox": ChannelType(open=open_inbox, network=False, private=True),
}


def open_channel(
    document: documents.Channel, secrets: Mapping[str, str], http: httpx.AsyncClient, now: Callable[[], datetime]
) -> Channel:
    """The channel that the document describes. `secrets` holds values by what the channel calls them (`url`, `sign`);
    `http` is `connectors.http.client.outbound_client()`. Raises ConfigError for an unknown type or a missing secret."""
    channel_type = CHANNELS.get(document.type)
    if channel_type is None:
        raise ConfigError(unknown_type(document.type), disable=True)
    for name in channel_type.required:
        if not secrets.get(name):
            raise ConfigError(missing_secret(document, name), disable=True)
    return channel_type.open(document, secrets, http, now)


def unknown_type(name: str) -> Said:
    known = ", ".join(CHANNELS)
    return Said(
        zh=f"此版本没有通道类型 {name}；可用的类型：{known}",
        en=f"this version has no channel type {name}; it has: {known}",
    )


def missing_secret(document: documents.Channel, name: str) -> Said:
    return Said(
        zh=f"通道 {document.name} 缺少密钥 {name}；请在密钥库中设置，并在 secrets 中引用",
        en=f"channel {document.name} has no secret {name}; set it in the secret store and refer to it under `secrets`",
    )
