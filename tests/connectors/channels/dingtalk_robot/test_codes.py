import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.channels.dingtalk_robot.codes import CODES, failure_of
from connectors.errors import (
    ConfigError,
    ConnectorError,
    DataError,
    QuotaExhaustedError,
    RateLimitedError,
    TransientError,
)
from connectors.http.exchange import Answer

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)  # 18:00 in Beijing


def judged(
    body: bytes | object, status: int = 200, throttled: bool = False, wait: float | None = None
) -> ConnectorError | None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return failure_of(Answer(status=status, body=content, retry_after=wait), NOW, throttled, "shown")


@pytest.mark.parametrize(
    ("code", "kind", "disable"),
    [
        (-1, TransientError, False),
        (130101, RateLimitedError, False),
        (410100, RateLimitedError, False),
        (90030, QuotaExhaustedError, False),
        (310000, ConfigError, False),
        (300001, ConfigError, False),
        (300005, ConfigError, False),
        (400101, ConfigError, False),
        (400013, ConfigError, True),
        (400102, ConfigError, True),
        (400106, ConfigError, True),
        (400105, DataError, False),
        (40035, DataError, False),
        (43004, DataError, False),
        (460101, DataError, False),
        (430101, DataError, False),
        (430102, DataError, False),
        (430103, DataError, False),
        (430104, DataError, False),
        (987654, TransientError, False),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_every_code_has_its_class_whatever_the_status(
    code: int, kind: type[ConnectorError], disable: bool, status: int
) -> None:
    failure = judged({"errcode": code, "errmsg": "…"}, status)
    assert type(failure) is kind
    assert failure.disable is disable
    assert failure.permanent is (kind in (ConfigError, DataError))
    assert failure.said.zh
    assert failure.said.en
    assert type(judged({"errcode": str(code)})) is kind, "numbers written as text count"


def test_the_table_above_is_the_whole_table() -> None:
    assert len(CODES) == 19


@pytest.mark.parametrize(
    ("errmsg", "word"),
    [
        ("keywords not in content", "keyword"),
        ("sign not match", "signature"),
        ("invalid timestamp", "clock"),
        ("ip 1.2.3.4 not in whitelist", "IP"),
        ("something else", "security settings"),
    ],
)
def test_the_security_settings_say_which_of_them_refused(errmsg: str, word: str) -> None:
    failure = judged({"errcode": 310000, "errmsg": errmsg})
    assert failure is not None
    assert word in failure.said.en


def test_the_second_throttling_in_a_row_waits_ten_minutes() -> None:
    answer = {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}
    waits = [failure.retry_after for failure in (judged(answer), judged(answer, throttled=True)) if failure]
    assert waits == [60, 600]


def test_a_used_up_day_waits_for_midnight_in_beijing() -> None:
    failure = judged({"errcode": 90030})
    assert failure is not None
    assert failure.retry_after == 6 * 3600


@pytest.mark.parametrize(
    ("body", "status", "kind", "uncertain"),
    [
        (b'{"errcode":0,"errmsg":"ok"}', 500, TransientError, True),
        (b'{"errcode":0,"err', 200, TransientError, True),
        (b"", 200, TransientError, True),
        (b"ok", 200, TransientError, True),
        (b"[0]", 200, TransientError, True),
        (b'{"errcode":true}', 200, TransientError, True),
        (b'{"errcode":null}', 200, TransientError, True),
        (b"\xff\xfe\x00", 200, TransientError, True),
        (b"[" * 100_000, 200, TransientError, True),
        (b"<html>login</html>", 200, TransientError, True),
        (b"<html>bad gateway</html>", 502, TransientError, True),
        (b"", 408, TransientError, True),
        (b"<html>not found</html>", 404, ConfigError, False),
        (b"", 403, ConfigError, False),
        (b"", 302, ConfigError, False),
        (b"", 429, RateLimitedError, False),
        (b'{"status":1111,"wait":5}', 200, RateLimitedError, False),
    ],
)
def test_an_answer_that_is_none_of_dingtalks_is_never_taken_for_success(
    body: bytes, status: int, kind: type[ConnectorError], uncertain: bool
) -> None:
    failure = judged(body, status)
    assert type(failure) is kind
    assert failure.uncertain is uncertain


def test_retry_after_wins() -> None:
    failure = judged(b"", 429, wait=7)
    assert failure is not None
    assert failure.retry_after == 7


@given(body=st.binary(max_size=200), status=st.integers(100, 599))
def test_only_status_200_with_code_0_is_success(body: bytes, status: int) -> None:
    failure = judged(body, status)
    if failure is None:
        assert status == 200
        assert str(json.loads(body)["errcode"]) == "0"
