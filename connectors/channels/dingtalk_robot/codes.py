"""What DingTalk's answers mean. The HTTP status alone says nothing: failures come with status 200 too."""

import json
from datetime import datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

import msgspec

from connectors.errors import (
    ConfigError,
    ConnectorError,
    DataError,
    ErrorClass,
    QuotaExhaustedError,
    RateLimitedError,
    TransientError,
)
from connectors.http.exchange import Answer
from schema_defs.text import Said

SHORT_WAIT = 60.0
LONG_WAIT = 600.0
BAN_WAIT = 300.0
BEIJING = ZoneInfo("Asia/Shanghai")


class Meaning(msgspec.Struct, frozen=True):
    """What one `errcode` says, and what is to be done."""

    error_class: ErrorClass
    said: Said
    disable: bool = False


NO_TOKEN = Said(
    zh="钉钉不认识该机器人的 access_token；请从群机器人设置中重新复制 Webhook 地址",
    en="DingTalk does not know the robot's access_token; copy the webhook address from the robot's settings again",
)
TOO_FAST = Said(
    zh="钉钉限流：该机器人每分钟最多 20 条消息", en="DingTalk throttles: at most 20 messages a minute by this robot"
)
UNSAFE = Said(
    zh="钉钉认为内容不安全而拒收；请检查消息中的链接和文字",
    en="DingTalk refused the content as unsafe; look at the message's links and words",
)
BAD_REQUEST = Said(
    zh="钉钉认为请求的内容不完整或不支持", en="DingTalk says that the request is incomplete or not supported"
)
TOO_LONG = Said(
    zh="消息超过钉钉的 20,000 字节上限；请调低通道的 max_bytes",
    en="the message exceeds DingTalk's 20,000 bytes; lower the channel's max_bytes",
)

CODES: dict[int, Meaning] = {
    -1: Meaning("transient", Said(zh="钉钉系统繁忙，稍后重试", en="DingTalk is busy; trying again later")),
    130101: Meaning("rate_limited", TOO_FAST),
    410100: Meaning("rate_limited", TOO_FAST),
    90030: Meaning(
        "quota_exhausted",
        Said(
            zh="该机器人今天的消息额度已用完，零点后继续",
            en="the robot's messages of today are used up; on after midnight",
        ),
    ),
    300001: Meaning("config", NO_TOKEN),
    300005: Meaning("config", NO_TOKEN),
    400101: Meaning("config", NO_TOKEN),
    400013: Meaning(
        "config", Said(zh="钉钉群已解散，通道已停用", en="the DingTalk group was dissolved; channel closed"), True
    ),
    400102: Meaning("config", Said(zh="机器人已被停用，通道已停用", en="the robot was disabled; channel closed"), True),
    400106: Meaning("config", Said(zh="机器人已被移除，通道已停用", en="the robot was removed; channel closed"), True),
    310000: Meaning(
        "config",
        Said(
            zh="钉钉机器人的安全设置拒绝了请求：请核对关键词、加签密钥、服务器时间和 IP 名单",
            en="the robot's security settings refused: check keyword, signing secret, the server's clock and the IP list",
        ),
    ),
    400105: Meaning("data", BAD_REQUEST),
    40035: Meaning("data", BAD_REQUEST),
    43004: Meaning("data", BAD_REQUEST),
    460101: Meaning("data", TOO_LONG),
    430101: Meaning("data", UNSAFE),
    430102: Meaning("data", UNSAFE),
    430103: Meaning("data", UNSAFE),
    430104: Meaning("data", UNSAFE),
}

REFUSALS: tuple[tuple[str, Said], ...] = (
    (
        "keyword",
        Said(
            zh="消息里没有机器人要求的关键词；请在通道的 keyword 中填写它",
            en="the message lacks the robot's keyword; give it as the channel's `keyword`",
        ),
    ),
    (
        "timestamp",
        Said(
            zh="服务器时间与钉钉相差超过 1 小时；请校准服务器时间",
            en="the server's clock differs from DingTalk's by more than an hour; set the clock right",
        ),
    ),
    (
        "sign",
        Said(
            zh="签名不符；请核对密钥 sign（以 SEC 开头）",
            en="the signature does not match; check the secret `sign` (it starts with SEC)",
        ),
    ),
    (
        "whitelist",
        Said(
            zh="本服务器的 IP 不在机器人的名单中；请在机器人设置中加入",
            en="this server's IP is not on the robot's list; add it in the robot's settings",
        ),
    ),
)
"""A word of the errmsg of code 310000, and what it means."""


def failure_of(answer: Answer, now: datetime, throttled: bool, shown: str) -> ConnectorError | None:
    """None when the message was taken, else the error to raise. `throttled`: the attempt before was too fast as well.
    `shown` is the answer as people may read it (secrets removed)."""
    document = document_of(answer.body)
    code = None if document is None else code_of(document)
    if code == 0 and answer.status == 200:
        return None
    if code is not None and code != 0:
        meaning = CODES.get(code, unknown(code))
        said = refusal(str(document and document.get("errmsg", ""))) if code == 310000 else None
        return error_of(meaning, said or meaning.said, now, throttled, shown)
    if document is not None and str(document.get("status")) == "1111":
        said = Said(
            zh="钉钉暂时封禁了本服务器的 IP，约 5 分钟", en="DingTalk bans this server's IP for about 5 minutes"
        )
        return RateLimitedError(said, retry_after=BAN_WAIT, answer=shown)
    return failure_of_status(answer, shown)


def failure_of_status(answer: Answer, shown: str) -> ConnectorError:
    """The failure of an answer that carries no code of DingTalk's."""
    status = answer.status
    if 300 <= status < 400:
        said = Said(
            zh=f"地址把请求转向别处（HTTP {status}），不予跟随；请核对 Webhook 地址",
            en=f"the address redirects (HTTP {status}), which is not followed; check the webhook address",
        )
        return ConfigError(said, answer=shown)
    if status == 429:
        said = Said(zh="对方限流（HTTP 429）", en="the other side throttles (HTTP 429)")
        return RateLimitedError(said, retry_after=answer.retry_after or SHORT_WAIT, answer=shown)
    if 400 <= status < 500 and status != 408:
        said = Said(
            zh=f"该地址不是钉钉机器人（HTTP {status}）；请核对 Webhook 地址",
            en=f"the address is no DingTalk robot (HTTP {status}); check the webhook address",
        )
        return ConfigError(said, answer=shown)
    said = Said(
        zh=f"应答无法识别（HTTP {status}），消息可能已到达；稍后以同一编号重试",
        en=f"the answer cannot be read (HTTP {status}); the message may have arrived, and is repeated under the same key",
    )
    return TransientError(said, uncertain=True, retry_after=answer.retry_after, answer=shown)


def error_of(meaning: Meaning, said: Said, now: datetime, throttled: bool, shown: str) -> ConnectorError:
    match meaning.error_class:
        case "transient":
            return TransientError(said, answer=shown)
        case "rate_limited":
            return RateLimitedError(said, retry_after=LONG_WAIT if throttled else SHORT_WAIT, answer=shown)
        case "quota_exhausted":
            return QuotaExhaustedError(said, retry_after=until_midnight(now), answer=shown)
        case "config":
            return ConfigError(said, disable=meaning.disable, answer=shown)
        case "data":
            return DataError(said, answer=shown)
        case _:
            assert_never(meaning.error_class)


def document_of(body: bytes) -> dict[str, object] | None:
    """The JSON object of the answer, None when it is anything else."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def code_of(document: dict[str, object]) -> int | None:
    """The `errcode` as a number; vendors write numbers as text now and then."""
    code = document.get("errcode")
    if isinstance(code, bool):
        return None
    if isinstance(code, int):
        return code
    return int(code) if isinstance(code, str) and code.lstrip("-").isdecimal() and len(code) < 12 else None


def unknown(code: int) -> Meaning:
    """A code that the table does not have: not delivered, perhaps for now."""
    return Meaning(
        "transient",
        Said(
            zh=f"钉钉返回了未知的错误码 {code}，消息未送达；稍后重试",
            en=f"DingTalk answered with the unknown code {code}, the message was not taken; trying again later",
        ),
    )


def refusal(errmsg: str) -> Said | None:
    """Which of the robot's security settings refused."""
    lowered = errmsg.lower()
    return next((said for word, said in REFUSALS if word in lowered), None)


def until_midnight(now: datetime) -> float:
    """Seconds until the next midnight in Beijing."""
    local = now.astimezone(BEIJING)
    midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), BEIJING)
    return (midnight - local).total_seconds()
