"""What a job is given to work with."""

from dataclasses import dataclass

from runtime.clock import Clock
from runtime.events import Events
from runtime.secrets.store import Secrets
from runtime.settings import Settings


@dataclass(frozen=True)
class Context:
    """The settings, the one clock, the way to the open pages, and the secrets of connections."""

    settings: Settings
    clock: Clock
    events: Events
    secrets: Secrets
