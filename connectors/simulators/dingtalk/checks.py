"""What the vendor checks in a request to a robot, in the vendor's order and with its codes."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime

import msgspec

from connectors.simulators.dingtalk.chat import Robot

MAX_BYTES = 20_000
SIGNATURE_HOURS = 1

REQUIRED: dict[str, tuple[str, ...]] = {
    "text": ("content",),
    "markdown": ("title", "text"),
    "link": ("title", "text", "messageUrl"),
    "actionCard": ("title", "text"),
    "feedCard": ("links",),
}

STATES = {
    "revoked": (300005, "token is not exist"),
    "disabled": (400102, "机器人已停用"),
    "removed": (400106, "机器人不存在"),
    "dissolved": (400013, "群已被解散"),
}


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    content_type: str
    body: bytes
    client: str


class Reply(msgspec.Struct, frozen=True):
    """The answer's JSON; 0 is success."""

    errcode: int
    errmsg: str


OK = Reply(0, "ok")


def check_header(call: Call) -> Reply | None:
    if call.method != "POST":
        return Reply(43002, "需要POST请求")
    if call.content_type.split(";")[0].strip().lower() != "application/json":
        return Reply(43004, "无效的HTTP HEADER Content-Type")
    return None


def state_reply(robot: Robot | None) -> Reply:
    """What a token is answered that is unknown, or whose robot no longer works."""
    return Reply(*STATES["revoked" if robot is None else robot.state])


def check_signature(call: Call, robot: Robot, now: datetime) -> Reply | None:
    """Timestamp within an hour and the right signature, where the robot has a secret."""
    if robot.secret is None:
        return None
    written = call.query.get("timestamp", "")
    if not (written.isascii() and written.isdecimal() and len(written) < 16):
        return Reply(310000, "invalid timestamp")
    if abs(now.timestamp() * 1000 - int(written)) > SIGNATURE_HOURS * 3_600_000:
        return Reply(310000, "invalid timestamp")
    digest = hmac.digest(robot.secret.encode(), f"{written}\n{robot.secret}".encode(), hashlib.sha256)
    expected = base64.standard_b64encode(digest)
    if not hmac.compare_digest(expected, call.query.get("sign", "").encode()):
        return Reply(310000, "sign not match")
    return None


def check_address(call: Call, robot: Robot) -> Reply | None:
    if robot.addresses and call.client not in robot.addresses:
        return Reply(310000, f"ip {call.client} not in whitelist")
    return None


def parse(call: Call) -> Mapping[str, object] | Reply:
    """The body as an object with a message type and that type's required fields."""
    if len(call.body) > MAX_BYTES:
        return Reply(460101, f"message too long, exceed {MAX_BYTES} bytes")
    try:
        document = json.loads(call.body.decode("utf-8"))
    except (ValueError, RecursionError):
        return Reply(40035, "缺少参数 json")
    if not isinstance(document, dict):
        return Reply(40035, "缺少参数 json")
    return check_type(document) or document


def check_type(document: Mapping[str, object]) -> Reply | None:
    kind = document.get("msgtype")
    if not kind:
        return Reply(40035, "缺少参数 msgtype")
    if not isinstance(kind, str) or kind not in REQUIRED:
        return Reply(400105, "不支持的消息类型")
    part = document.get(kind)
    if not isinstance(part, dict):
        return Reply(40035, f"缺少参数 {kind}")
    missing = [name for name in REQUIRED[kind] if not part.get(name)]
    if kind == "actionCard" and not (part.get("btns") or (part.get("singleTitle") and part.get("singleURL"))):
        missing.append("btns")
    return Reply(40035, f"缺少参数 {kind}.{missing[0]}") if missing else None


def words_of(document: Mapping[str, object]) -> tuple[str, str]:
    """Title and text of the message, whatever its type."""
    part = document[str(document["msgtype"])]
    assert isinstance(part, dict)
    if "links" in part:
        titles = [str(link.get("title", "")) for link in part["links"] if isinstance(link, dict)]
        return (titles or [""])[0], "\n".join(titles)
    return str(part.get("title", "")), str(part.get("text", part.get("content", "")))


def check_keyword(robot: Robot, words: tuple[str, str]) -> Reply | None:
    if robot.keywords and not any(keyword in text for keyword in robot.keywords for text in words):
        return Reply(310000, "keywords not in content")
    return None
