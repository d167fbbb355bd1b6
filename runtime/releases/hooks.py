"""What else happens when a release goes live, in the same transaction."""

import importlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from runtime.context import Context
from runtime.releases.live import LiveRelease
from runtime.releases.registry import HOOK_MODULES
from schema_defs.loader import Loaded


@dataclass(frozen=True, kw_only=True)
class Publishing:
    """A release that goes live now; `before` is the one it replaces.

    `loaded` is what it was published from and `folder` where the files beside its documents are; a rollback has neither.
    """

    context: Context
    tenant: str
    by: str
    now: datetime
    live: LiveRelease
    before: LiveRelease | None
    loaded: Loaded | None = None

    @property
    def folder(self) -> Path | None:
        return self.loaded.folder if self.loaded else None


Hook = Callable[[Publishing], Awaitable[None]]

_hooks: dict[str, Hook] = {}


def on_publish(hook: Hook) -> Hook:
    """Has the function called with every release that goes live; it must be quick: long work is a job that it enqueues."""
    _hooks[f"{hook.__module__}.{hook.__qualname__}"] = hook
    return hook


async def call_hooks(publishing: Publishing) -> None:
    for module in HOOK_MODULES:
        importlib.import_module(module)
    for hook in list(_hooks.values()):
        await hook(publishing)
