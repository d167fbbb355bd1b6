"""The control addresses under `/__sim__/`: set the stage and read what happened. Loopback only, JSON only."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from connectors.simulators.dingtalk.chat import Robot
from connectors.simulators.dingtalk.checks import Call
from connectors.simulators.dingtalk.faults import Fault

if TYPE_CHECKING:  # The simulator carries the application that these addresses are part of.
    from connectors.simulators.dingtalk.simulator import Simulator

LOOPBACK = ("127.0.0.1", "::1", "testclient")


class Seed(msgspec.Struct, forbid_unknown_fields=True):
    robots: list[Robot] = []
    people: dict[str, str] = {}


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    seconds: float


def answer(simulator: "Simulator", call: Call) -> tuple[int, bytes]:
    """Status and JSON for one control request."""
    verb = call.path.rsplit("/", 1)[-1]
    if call.client not in LOOPBACK:
        return 403, problem("control is for this machine only")
    if call.method == "GET" and verb in READS:
        return 200, msgspec.json.encode(READS[verb](simulator))
    if call.method != "POST" or verb not in WRITES:
        return 404, problem(f"GET {', '.join(READS)} or POST {', '.join(WRITES)}")
    if not call.content_type.startswith("application/json"):
        return 415, problem("send application/json")
    try:
        WRITES[verb](simulator, call.body or b"{}")
    except (msgspec.DecodeError, msgspec.ValidationError) as fault:
        return 422, problem(str(fault))
    return 200, b'{"ok":true}'


def problem(text: str) -> bytes:
    return msgspec.json.encode({"error": text})


def seed(simulator: "Simulator", body: bytes) -> None:
    asked = msgspec.json.decode(body, type=Seed)
    simulator.seed(asked.robots, asked.people)


def advance_clock(simulator: "Simulator", body: bytes) -> None:
    simulator.advance_clock(timedelta(seconds=msgspec.json.decode(body, type=Advance).seconds))


def faults(simulator: "Simulator", body: bytes) -> None:
    simulator.faults.add(*msgspec.json.decode(body, type=list[Fault]))


def reset(simulator: "Simulator", body: bytes) -> None:
    simulator.reset()


READS: dict[str, Callable[["Simulator"], object]] = {
    "log": lambda simulator: simulator.log,
    "messages": lambda simulator: simulator.messages,
}
WRITES: dict[str, Callable[["Simulator", bytes], None]] = {
    "seed": seed,
    "advance_clock": advance_clock,
    "faults": faults,
    "reset": reset,
}
