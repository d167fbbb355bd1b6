"""What goes to the log: one line per event, and never a secret."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

MASK = "***"
_SECRET_KEY = re.compile(
    r"pass(word|wd)?|secret|token|authorization|cookie|credential|sign(ature)?$|api_?key|mobile|phone", re.I
)
_IN_TEXT = (
    re.compile(r"(?P<keep>[?&](?:access_token|token|sign|key|secret|password)=)[^&\s\"']+", re.I),
    re.compile(r"(?P<keep>\b[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s/@]+(?=@)", re.I),
    re.compile(r"(?P<keep>\b(?:Bearer|Basic) )[\w.~+/=-]+", re.I),
)


def configure_logging(level: str = "info", *, as_json: bool | None = None) -> None:
    """Lines for people on a terminal, JSON elsewhere; everything passes the mask."""
    json_lines = not sys.stderr.isatty() if as_json is None else as_json
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if json_lines else structlog.dev.ConsoleRenderer()
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    output = logging.StreamHandler(sys.stderr)
    output.setFormatter(
        structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=[*shared, _plain_message])
    )
    root = logging.getLogger()
    root.handlers[:] = [output]
    root.setLevel(level.upper())
    for chatty in ("httpx", "httpcore", "aiosqlite", "tortoise", "arq.worker", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hides values whose name says that they are secret, and secrets inside addresses and headers."""
    for key, value in event.items():
        event[key] = _masked(key, value)
    return event


def _masked(key: str, value: Any) -> Any:
    if _SECRET_KEY.search(key):
        return MASK
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, dict):
        return {inner: _masked(str(inner), each) for inner, each in value.items()}
    if isinstance(value, list | tuple):
        return [_masked("", each) for each in value]
    return value


def mask_text(text: str) -> str:
    """The text with every secret that can be told by its form replaced by `***`."""
    for pattern in _IN_TEXT:
        text = pattern.sub(rf"\g<keep>{MASK}", text)
    return text


def _plain_message(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Messages of other libraries, masked once they are put together."""
    return mask(_logger, _method, event)
