"""The simulator as a bare ASGI application: the vendor's address, faults, and the control addresses."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from connectors.simulators.dingtalk import control
from connectors.simulators.dingtalk.chat import RobotState
from connectors.simulators.dingtalk.checks import Call, Reply
from connectors.simulators.dingtalk.faults import Fault, FaultKind

if TYPE_CHECKING:  # The simulator carries this application.
    from connectors.simulators.dingtalk.simulator import Simulator

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SEND_PATH = "/robot/send"
CONTROL_PATH = "/__sim__/"
ABORT = "simulator.abort"
LONGEST_BODY = 1_000_000

PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
STATES: dict[FaultKind, RobotState] = {
    "token_revoked": "revoked",
    "robot_disabled": "disabled",
    "robot_removed": "removed",
    "group_dissolved": "dissolved",
}
CODES: dict[FaultKind, Reply] = {
    "busy": Reply(-1, "系统繁忙"),
    "rate": Reply(130101, "send too fast, exceed 20 times per minute"),
    "quota": Reply(90030, "消息发送次数超过当日上限"),
    "unsafe": Reply(430101, "消息内容包含不安全的外链"),
    "unknown_code": Reply(987654, "something new"),
}
PAGES: dict[FaultKind, int] = {"http_500": 500, "http_502": 502, "http_503": 503, "html": 200}
AFTER: frozenset[FaultKind] = frozenset({"reset_after", "slow", "empty", "truncated", "oversize", "extra_fields"})


def application(simulator: "Simulator") -> App:
    """The ASGI application; it may be mounted below any path."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        call = await read(scope, receive)
        if CONTROL_PATH in call.path:
            status, content = control.answer(simulator, call)
            await reply(send, status, content)
        elif call.path.endswith(SEND_PATH):
            await robot_send(simulator, call, scope, send)
        else:
            await reply(send, 404, PAGE, b"text/html")

    return app


async def robot_send(simulator: "Simulator", call: Call, scope: Scope, send: Send) -> None:
    """The vendor's answer, unless a fault comes before or after it."""
    fault = simulator.faults.take(call.path)
    if fault is None:
        await reply(send, 200, msgspec.json.encode(simulator.receive(call)))
    elif fault.kind in STATES:
        simulator.set_state(call.query.get("access_token", ""), STATES[fault.kind])
        await reply(send, 200, msgspec.json.encode(simulator.receive(call, fault.kind)))
    elif fault.kind in AFTER:
        answered = simulator.receive(call, fault.kind)
        await answer_badly(fault, answered, scope, send)
    else:
        simulator.note(call, CODES.get(fault.kind), fault.kind)
        await refuse(fault, scope, send)


async def refuse(fault: Fault, scope: Scope, send: Send) -> None:
    """The faults that come instead of the vendor."""
    if fault.kind == "reset_before":
        await abort(scope)
    elif fault.kind == "redirect":
        await reply(send, 302, b"", b"text/html", [(b"location", b"http://169.254.169.254/latest/meta-data/")])
    elif fault.kind == "banned":
        await reply(send, 200, json.dumps({"status": 1111, "wait": 5, "punish": "deny"}).encode())
    elif fault.kind in PAGES:
        await reply(send, PAGES[fault.kind], PAGE, b"text/html")
    else:
        await reply(send, 200, msgspec.json.encode(CODES[fault.kind]))


async def answer_badly(fault: Fault, answered: Reply, scope: Scope, send: Send) -> None:
    """The faults that come after the vendor took the message."""
    content = msgspec.json.encode(answered)
    if fault.kind == "reset_after":
        await abort(scope)
    elif fault.kind == "truncated":
        await reply(send, 200, content[: len(content) // 2])
    elif fault.kind == "empty":
        await reply(send, 200, b"")
    elif fault.kind == "oversize":
        await reply(send, 200, content[:-1] + b',"more":"' + b"x" * 5_000_000 + b'"}')
    elif fault.kind == "extra_fields":
        await reply(send, 200, content[:-1] + b',"request_id":"16gq2","new":{"a":[1]}}')
    else:
        await asyncio.sleep(fault.seconds)
        await reply(send, 200, content)


async def abort(scope: Scope) -> None:
    """Breaks the connection without an answer; where no server offers that, the caller sees the same error."""
    breaks = (scope.get("extensions") or {}).get(ABORT)
    if breaks is None:
        raise ConnectionResetError
    breaks()
    await asyncio.sleep(0.01)


async def read(scope: Scope, receive: Receive) -> Call:
    body = bytearray()
    more = True
    while more and len(body) <= LONGEST_BODY:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return Call(
        method=scope["method"],
        path=scope["path"],
        query=dict(parse_qsl(scope["query_string"].decode("latin-1"))),
        content_type=headers.get(b"content-type", ""),
        body=bytes(body),
        client=(scope.get("client") or ("",))[0],
    )


async def reply(
    send: Send,
    status: int,
    content: bytes,
    content_type: bytes = b"application/json",
    headers: list[tuple[bytes, bytes]] | None = None,
) -> None:
    """Answers with the content; a receiver that has gone away is not an error."""
    fields = [(b"content-type", content_type), (b"content-length", str(len(content)).encode()), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": content})
