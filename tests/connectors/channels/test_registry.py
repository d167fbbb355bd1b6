from datetime import UTC, datetime
from typing import get_args

import httpx
import pytest

from connectors.channels.protocol import Outgoing
from connectors.channels.registry import CHANNELS, open_channel
from connectors.errors import ConfigError
from schema_defs import channel as documents

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def test_every_registered_type_may_be_written_in_a_document() -> None:
    assert set(CHANNELS) <= set(get_args(documents.ChannelType))


@pytest.mark.parametrize("kind", sorted(set(get_args(documents.ChannelType)) - set(CHANNELS)))
async def test_a_type_that_this_version_lacks_is_refused_with_those_it_has(kind: documents.ChannelType) -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(ConfigError, match="dingtalk_robot, inbox"):
            open_channel(documents.Channel(name="c", type=kind), {}, http, lambda: NOW)


async def test_a_missing_secret_is_named() -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(ConfigError, match="channel c has no secret url"):
            open_channel(documents.Channel(name="c", type="dingtalk_robot"), {"url": ""}, http, lambda: NOW)


async def test_the_inbox_takes_a_message_without_network() -> None:
    async with httpx.AsyncClient() as http:
        inbox = open_channel(documents.Channel(name="i", type="inbox"), {}, http, lambda: NOW)
    receipt = await inbox.send(Outgoing(key="N-1", title="t", body="b"))
    assert receipt.accepted_at == NOW
    assert inbox.limits.private
    assert not CHANNELS["inbox"].network
