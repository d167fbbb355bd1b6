"""The tenants' channels, opened once per release and kept, since an opened channel remembers how it was throttled."""

from weakref import WeakKeyDictionary

from connectors.channels.protocol import Channel
from connectors.channels.registry import open_channel
from connectors.errors import ConfigError
from connectors.http.client import outbound_client
from runtime.context import Context
from runtime.events import Events
from runtime.releases.live import live
from schema_defs.text import Said

_opened: WeakKeyDictionary[Events, dict[tuple[str, str, int], Channel]] = WeakKeyDictionary()
"""Per running system, which its way to the pages stands for."""


class Channels:
    """Opens channels with the secrets of their tenant."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._mine = _opened.setdefault(context.events, {})

    async def open(self, tenant: str, name: str) -> Channel:
        """The channel as the live release describes it; raises ConfigError when there is none or a secret is missing."""
        release = await live(tenant)
        document = release.release.channels.get(name) if release else None
        if release is None or document is None:
            raise ConfigError(_no_channel(name), disable=True)
        place = (tenant, name, release.number)
        if place not in self._mine:
            secrets = {
                part: await self._context.secrets.get(tenant, secret) for part, secret in document.secrets.items()
            }
            known = {part: value for part, value in secrets.items() if value is not None}
            http = outbound_client(allow_loopback=self._context.settings.allow_loopback)
            self._mine[place] = open_channel(document, known, http, self._context.clock.now)
        return self._mine[place]


def _no_channel(name: str) -> Said:
    return Said(zh=f"当前版本没有通道 {name}", en=f"the live release has no channel {name}")
