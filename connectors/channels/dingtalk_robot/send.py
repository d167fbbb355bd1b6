"""Sending through one robot."""

from collections.abc import Callable, Mapping
from datetime import datetime

import httpx

from connectors.channels.dingtalk_robot.body import compose
from connectors.channels.dingtalk_robot.codes import failure_of
from connectors.channels.dingtalk_robot.sign import sign
from connectors.channels.protocol import Limits, Outgoing, Receipt
from connectors.errors import SHOWN, ConfigError, RateLimitedError
from connectors.http.exchange import Answer, post, redact
from schema_defs import channel as documents
from schema_defs.text import Said

PER_MINUTE = 20
MAX_BYTES = 20_000
HEADERS = {"Content-Type": "application/json; charset=utf-8"}


class DingTalkRobot:
    """One group robot. `url` is the webhook address with its access_token, `secret` the signing secret, if it has one."""

    def __init__(
        self,
        limits: Limits,
        url: httpx.URL,
        secret: str | None,
        keyword: str | None,
        http: httpx.AsyncClient,
        now: Callable[[], datetime],
    ) -> None:
        self.limits = limits
        self._url = url
        self._secret = secret
        self._keyword = keyword
        self._http = http
        self._now = now
        self._throttled = False

    async def send(self, outgoing: Outgoing) -> Receipt:
        composed = compose(outgoing, self.limits.max_bytes, self._keyword)
        answer = await post(self._http, self._signed(), composed.content, HEADERS)
        shown = self._shown(answer)
        failure = failure_of(answer, self._now(), self._throttled, shown)
        self._throttled = isinstance(failure, RateLimitedError)
        if failure is not None:
            raise failure
        return Receipt(accepted_at=self._now(), answer=shown, unreached=composed.unreached)

    def _signed(self) -> httpx.URL:
        """The address with timestamp and signature, which httpx encodes once."""
        if self._secret is None:
            return self._url
        timestamp = int(self._now().timestamp() * 1000)
        return self._url.copy_merge_params({"timestamp": str(timestamp), "sign": sign(self._secret, timestamp)})

    def _shown(self, answer: Answer) -> str:
        """The start of the answer as people may read it."""
        text = answer.body[: 4 * SHOWN].decode("utf-8", "replace")
        return redact(text, [self._url.params["access_token"], self._secret or ""])[:SHOWN]


def open_dingtalk_robot(
    document: documents.Channel, secrets: Mapping[str, str], http: httpx.AsyncClient, now: Callable[[], datetime]
) -> DingTalkRobot:
    """The robot behind the secrets `url` and, where the robot signs, `sign`. Raises ConfigError for a wrong address."""
    limits = Limits(
        per_minute=min(document.per_minute or PER_MINUTE, PER_MINUTE),
        max_bytes=min(document.max_bytes or MAX_BYTES, MAX_BYTES),
        private=False,
    )
    url = webhook(secrets["url"], document.name)
    return DingTalkRobot(limits, url, secrets.get("sign") or None, document.keyword, http, now)


def webhook(text: str, channel: str) -> httpx.URL:
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError, TypeError):
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host or not url.params.get("access_token"):
        raise ConfigError(no_webhook(channel))
    return url


def no_webhook(channel: str) -> Said:
    """Says what is expected and never what was given: the address is a secret."""
    return Said(
        zh=f"通道 {channel} 的密钥 url 不是钉钉机器人地址；应形如 https://oapi.dingtalk.com/robot/send?access_token=…",
        en=f"channel {channel}: the secret `url` is no address of a DingTalk robot; it looks like "
        "https://oapi.dingtalk.com/robot/send?access_token=…",
    )
