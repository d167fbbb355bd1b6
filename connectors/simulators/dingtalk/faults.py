"""Faults on demand: what networks and vendors do on a bad day."""

from typing import Literal, get_args

import msgspec

FaultKind = Literal[
    "reset_before",  # the connection breaks, the message was not taken
    "reset_after",  # the message was taken, then the connection breaks
    "slow",  # the message is taken, the answer comes `seconds` later
    "http_500",
    "http_502",
    "http_503",
    "html",  # status 200 with a page, as a proxy's login does
    "empty",  # status 200 without a body, the message was taken
    "truncated",  # the message was taken, the JSON ends early
    "oversize",  # the message was taken, the answer is endless
    "redirect",
    "busy",
    "rate",
    "banned",
    "quota",
    "unsafe",
    "unknown_code",
    "extra_fields",  # the message is taken, the answer has unknown fields
    "token_revoked",  # from now on, like the next three
    "robot_disabled",
    "robot_removed",
    "group_dissolved",
]
KINDS: tuple[str, ...] = get_args(FaultKind)


class Fault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The fault `kind` for the next `times` requests whose path contains `match`, after the first `after` of them."""

    kind: FaultKind
    times: int = 1
    match: str = ""
    after: int = 0
    seconds: float = 60.0


class Faults:
    """The faults that are still to come, first in, first out."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, *faults: Fault) -> None:
        self._waiting.extend(faults)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, path: str) -> Fault | None:
        """The fault that meets this request, used up by one."""
        for fault in self._waiting:
            if fault.match not in path:
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self._waiting.remove(fault)
            return fault
        return None
