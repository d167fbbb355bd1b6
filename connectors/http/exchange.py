"""One request and its answer, with every way of failing turned into a `ConnectorError` that holds no secret."""

import asyncio
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

import httpx
import msgspec

from connectors.errors import ConnectorError, TransientError
from schema_defs.text import Said

READ_AT_MOST = 64 * 1024
TOTAL_SECONDS = 30.0
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: the status, the first 64 kB of the body and the header fields that decide something."""

    status: int
    body: bytes
    content_type: str = ""
    retry_after: float | None = None


async def post(
    http: httpx.AsyncClient,
    url: httpx.URL,
    content: bytes,
    headers: Mapping[str, str],
    *,
    total: float = TOTAL_SECONDS,
) -> Answer:
    """Posts once and follows no redirect. Raises TransientError when no complete answer came within `total` seconds
    (`uncertain` unless the connection was never made), and whatever the guarded client refuses."""
    try:
        async with asyncio.timeout(total):
            return await asked(http, url, content, {**headers, "Accept-Encoding": "identity"})
    except ConnectorError:
        raise
    except (httpx.HTTPError, httpx.StreamError, TimeoutError, OSError) as problem:
        failure = no_answer(problem)
    raise failure  # Outside the handler: the library's exception, which knows the address, is not its context.


async def asked(http: httpx.AsyncClient, url: httpx.URL, content: bytes, headers: Mapping[str, str]) -> Answer:
    async with http.stream("POST", url, content=content, headers=headers, follow_redirects=False) as response:
        body = await beginning(response)
        return Answer(
            status=response.status_code,
            body=body,
            content_type=response.headers.get("content-type", ""),
            retry_after=seconds(response.headers.get("retry-after")),
        )


async def beginning(response: httpx.Response) -> bytes:
    """At most 64 kB of the body as it came; a compressed body, which was not asked for, is not opened."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        return b""
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) >= READ_AT_MOST:
            break
    return bytes(body[:READ_AT_MOST])


def seconds(header: str | None) -> float | None:
    """Retry-After in seconds, where it is a plain number of at most a day."""
    if header is None or not header.strip().isdecimal():
        return None
    return float(min(int(header.strip()[:9]), 86_400))


def no_answer(problem: Exception) -> TransientError:
    """The failure in words: what happened, never the address."""
    if isinstance(problem, NOT_SENT):
        said = Said(zh="连接不上对方服务器，稍后重试", en="the other server cannot be reached; trying again later")
        return TransientError(said)
    if isinstance(problem, TimeoutError | httpx.TimeoutException):
        said = Said(
            zh="对方没有及时完整应答，可能已收到；稍后以同一编号重试",
            en="no complete answer in time; it may have arrived, and is repeated under the same key",
        )
        return TransientError(said, uncertain=True)
    said = Said(
        zh=f"连接中断（{type(problem).__name__}），对方可能已收到；稍后以同一编号重试",
        en=f"the connection broke ({type(problem).__name__}); it may have arrived, and is repeated under the same key",
    )
    return TransientError(said, uncertain=True)


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret replaced, also where it stands URL-encoded."""
    forms = {form for one in secrets if one for form in (one, quote(one, safe=""), quote_plus(one))}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "***")
    return text
