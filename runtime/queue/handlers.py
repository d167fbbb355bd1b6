"""Which function does which kind of job."""

import importlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from runtime.context import Context
from runtime.queue.registry import HANDLER_MODULES

Handler = Callable[[Context, str, dict[str, Any]], Awaitable[Any]]
"""Called with the context, the tenant and the job's args; what it returns (plain data) is kept as the job's result."""

_handlers: dict[str, Handler] = {}


class TryLater(Exception):  # noqa: N818  # not an error: the work is simply not possible yet
    """Raised by a handler that wants to be called again after `wait`; the try does not count."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"in {wait}")
        self.wait = wait


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Makes the function the one that does jobs of `kind`. It may be called twice for one job, and must then do nothing twice."""

    def register(function: Handler) -> Handler:
        if _handlers.get(kind, function) is not function:
            raise ValueError(f"two handlers for jobs of kind '{kind}'")
        _handlers[kind] = function
        return function

    return register


def handler_of(kind: str) -> Handler | None:
    """The handler of a kind; the modules that have some are imported when the first one is asked for."""
    if kind not in _handlers:
        for module in HANDLER_MODULES:
            importlib.import_module(module)
    return _handlers.get(kind)
