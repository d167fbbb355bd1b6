"""The tenants' channels, opened once and kept, since an opened channel remembers how it was throttled."""

import hashlib
from weakref import WeakKeyDictionary

import httpx
import msgspec

from connectors.channels.protocol import Channel
from connectors.channels.registry import open_channel
from connectors.errors import ConfigError
from connectors.http.client import outbound_client
from runtime.context import Context
from runtime.delivery.outbox import INBOX
from runtime.events import Events
from runtime.releases.live import live
from schema_defs import channel as documents
from schema_defs.text import Said


class _Kept:
    """The open channels of one running system, with the one client that they share."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.channels: dict[tuple[str, str], tuple[str, Channel]] = {}


_kept: WeakKeyDictionary[Events, _Kept] = WeakKeyDictionary()
"""Per running system, which its way to the pages stands for."""


async def open_for(context: Context, tenant: str, name: str) -> Channel:
    """The channel as the live release and the secrets of now describe it; opened anew when one of them has changed.

    Raises ConfigError when there is none or a secret is missing.
    """
    document = await _document(tenant, name)
    secrets = {part: await context.secrets.get(tenant, secret) for part, secret in document.secrets.items()}
    mark = hashlib.sha256(msgspec.json.encode((document, sorted(secrets.items())))).hexdigest()
    kept = _kept_by(context)
    known = kept.channels.get((tenant, name))
    if known is None or known[0] != mark:
        given = {part: value for part, value in secrets.items() if value is not None}
        known = mark, open_channel(document, given, kept.http, context.clock.now)
        kept.channels[tenant, name] = known
    return known[1]


async def close_channels(context: Context) -> None:
    """Ends what is open; the next message opens it again."""
    if kept := _kept.pop(context.events, None):
        await kept.http.aclose()


def _kept_by(context: Context) -> _Kept:
    if context.events not in _kept:
        _kept[context.events] = _Kept(outbound_client(allow_loopback=context.settings.allow_loopback))
    return _kept[context.events]


async def _document(tenant: str, name: str) -> documents.Channel:
    release = await live(tenant)
    document = release.release.channels.get(name) if release else None
    if document is None and name == INBOX:
        return documents.Channel(name=INBOX, type="inbox")
    if document is None:
        raise ConfigError(_no_channel(name), disable=True)
    return document


def _no_channel(name: str) -> Said:
    return Said(zh=f"当前版本没有通道 {name}", en=f"the live release has no channel {name}")
