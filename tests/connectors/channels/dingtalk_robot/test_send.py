"""The robot against the simulator, over HTTP."""

import logging
import traceback
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import msgspec
import pytest

from connectors.channels.protocol import Outgoing
from connectors.channels.registry import open_channel
from connectors.errors import (
    ConfigError,
    ConnectorError,
    DataError,
    QuotaExhaustedError,
    RateLimitedError,
    TransientError,
)
from connectors.http.client import outbound_client
from connectors.simulators.dingtalk.chat import Robot
from connectors.simulators.dingtalk.faults import KINDS, Fault, FaultKind
from schema_defs import channel as documents
from tests.connectors.conftest import SECRET, TOKEN, Stage


async def test_a_notice_arrives_signed_with_its_key_and_rings_the_manager(stage: Stage, notice: Outgoing) -> None:
    receipt = await stage.robot().send(notice)
    assert receipt.accepted_at == stage.now()
    [message] = stage.simulator.messages
    assert message.verified
    assert (message.group, message.title, message.key) == ("华东销售群", "华东 可能需要支持", "N-000001")
    assert [(mention.name, mention.rings) for mention in message.mentions] == [("经理一", True)]
    assert "连续 3 个工作日低于进度的 80%" in message.text


async def test_only_who_is_in_the_group_is_rung(stage: Stage, notice: Outgoing) -> None:
    stage.simulator.seed([Robot(token=TOKEN, group="g", secret=SECRET, members=frozenset({"13800000002"}))])
    await stage.robot().send(msgspec.structs.replace(notice, at_mobiles=("13800000001", "13800000002")))
    [message] = stage.simulator.messages
    assert message.rings == ("13800000002",)
    assert [mention.why for mention in message.mentions] == ["not_in_group", ""]


async def test_a_telephone_that_is_no_number_is_reported(stage: Stage, notice: Outgoing) -> None:
    receipt = await stage.robot().send(msgspec.structs.replace(notice, at_mobiles=("经理一",)))
    assert receipt.unreached == ("经理一",)
    assert stage.simulator.messages[0].mentions == ()


async def test_a_message_of_a_hundred_thousand_characters_arrives_cut(stage: Stage, notice: Outgoing) -> None:
    await stage.robot().send(msgspec.structs.replace(notice, body="华东落后。\n" * 20_000))
    [message] = stage.simulator.messages
    assert message.key == notice.key
    assert message.rings == ("13800000001",)
    assert "个字未显示" in message.text


@pytest.mark.parametrize(
    ("secret", "hours", "said"),
    [("SECwrong", 0, "signature"), (None, 0, "clock"), (SECRET, 1.1, "clock"), (SECRET, -1.1, "clock")],
)
async def test_a_wrong_signature_or_clock_is_a_matter_of_settings(
    stage: Stage, notice: Outgoing, secret: str | None, hours: float, said: str
) -> None:
    robot = stage.robot(secret)
    stage.simulator.advance_clock(timedelta(hours=hours))
    with pytest.raises(ConfigError, match=said):
        await robot.send(notice)
    assert not stage.simulator.messages
    assert not stage.simulator.log[-1].verified


async def test_a_clock_that_is_59_minutes_off_is_good_enough(stage: Stage, notice: Outgoing) -> None:
    robot = stage.robot()
    stage.simulator.advance_clock(timedelta(minutes=59))
    await robot.send(notice)
    assert stage.simulator.messages[0].verified


async def test_a_keyword_robot_takes_our_messages_when_the_channel_names_the_keyword(
    stage: Stage, notice: Outgoing
) -> None:
    stage.simulator.seed([Robot(token=TOKEN, group="g", keywords=("对齐",))])
    with pytest.raises(ConfigError, match="keyword"):
        await stage.robot(None).send(notice)
    await stage.robot(None, keyword="对齐").send(notice)
    assert len(stage.simulator.messages) == 1


async def test_an_unknown_token_is_a_matter_of_settings(stage: Stage, notice: Outgoing) -> None:
    with pytest.raises(ConfigError, match="access_token"):
        await stage.robot(token="f" * 32).send(notice)


async def test_an_address_that_is_not_on_the_robots_list_is_refused(stage: Stage, notice: Outgoing) -> None:
    stage.simulator.seed([Robot(token=TOKEN, group="g", secret=SECRET, addresses=("203.0.113.9",))])
    with pytest.raises(ConfigError, match="IP"):
        await stage.robot().send(notice)


async def test_the_twenty_first_message_of_a_minute_is_throttled_for_ten_minutes(
    stage: Stage, notice: Outgoing
) -> None:
    robot = stage.robot()
    for _ in range(20):
        await robot.send(notice)
    waits = []
    for minutes in (0, 1, 8.9):
        stage.later(minutes=minutes)
        with pytest.raises(RateLimitedError) as refused:
            await robot.send(notice)
        waits.append(refused.value.retry_after)
    stage.later(minutes=0.2)
    await robot.send(notice)
    assert waits == [60, 600, 600]
    assert len(stage.simulator.messages) == 21


async def test_twenty_a_minute_go_on_for_ever(stage: Stage, notice: Outgoing) -> None:
    robot = stage.robot()
    for _ in range(60):
        await robot.send(notice)
        stage.later(seconds=3)
    assert len(stage.simulator.messages) == 60


TAKEN = ("reset_after", "slow", "empty", "truncated", "oversize", "extra_fields")
OUTCOMES: dict[FaultKind, tuple[type[ConnectorError] | None, bool, bool]] = {
    # kind of fault: class of error, may have been taken, channel to be closed
    "reset_before": (TransientError, True, False),
    "reset_after": (TransientError, True, False),
    "slow": (TransientError, True, False),
    "http_500": (TransientError, True, False),
    "http_502": (TransientError, True, False),
    "http_503": (TransientError, True, False),
    "html": (TransientError, True, False),
    "empty": (TransientError, True, False),
    "truncated": (TransientError, True, False),
    "oversize": (TransientError, True, False),
    "redirect": (ConfigError, False, False),
    "busy": (TransientError, False, False),
    "rate": (RateLimitedError, False, False),
    "banned": (RateLimitedError, False, False),
    "quota": (QuotaExhaustedError, False, False),
    "unsafe": (DataError, False, False),
    "unknown_code": (TransientError, False, False),
    "extra_fields": (None, False, False),
    "token_revoked": (ConfigError, False, False),
    "robot_disabled": (ConfigError, False, True),
    "robot_removed": (ConfigError, False, True),
    "group_dissolved": (ConfigError, False, True),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_every_fault_is_classified_and_tells_no_secret(
    stage: Stage, notice: Outgoing, kind: FaultKind, caplog: pytest.LogCaptureFixture
) -> None:
    expected, uncertain, disable = OUTCOMES[kind]
    caplog.set_level(logging.DEBUG)
    stage.simulator.faults.add(Fault(kind=kind, seconds=1.0))
    failure: ConnectorError | None = None
    try:
        await stage.robot().send(notice)
    except ConnectorError as raised:
        failure = raised
    assert type(failure) is (expected or type(None))
    assert len(stage.simulator.messages) == (1 if kind in TAKEN else 0)
    if failure is not None:
        assert (failure.uncertain, failure.disable) == (uncertain, disable)
        assert failure.__context__ is None, "the library's exception knows the address"
        shown = "".join(traceback.format_exception(failure)) + repr(failure) + failure.answer + repr(failure.said)
        assert TOKEN not in shown
        assert SECRET not in shown
    assert TOKEN not in caplog.text
    assert "sign=" not in caplog.text


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "slow", "http_502", "busy"])
async def test_after_a_disturbance_the_same_notice_arrives_under_the_same_key(
    stage: Stage, notice: Outgoing, kind: FaultKind
) -> None:
    robot = stage.robot()
    stage.simulator.faults.add(Fault(kind=kind, seconds=1.0))
    with pytest.raises(TransientError):
        await robot.send(notice)
    await robot.send(notice)
    assert {message.key for message in stage.simulator.messages} == {notice.key}
    assert len(stage.simulator.messages) == (2 if kind in TAKEN else 1)


async def test_a_server_that_is_not_there_has_certainly_not_taken_the_message(stage: Stage, notice: Outgoing) -> None:
    stage.address = "http://127.0.0.1:9"
    with pytest.raises(TransientError) as failed:
        await stage.robot().send(notice)
    assert not failed.value.uncertain


async def test_the_secret_is_removed_from_an_answer_that_repeats_it(notice: Outgoing) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        async def body() -> AsyncIterator[bytes]:
            yield msgspec.json.encode({"errcode": 300005, "errmsg": f"no {request.url} {SECRET}"})

        return httpx.Response(200, content=body())

    async with httpx.AsyncClient(transport=httpx.MockTransport(echo)) as http:
        url = f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}"
        document = documents.Channel(name="dingtalk", type="dingtalk_robot")
        robot = open_channel(document, {"url": url, "sign": SECRET}, http, Stage().now)
        with pytest.raises(ConfigError) as failed:
            await robot.send(notice)
    assert "***" in failed.value.answer
    assert TOKEN not in failed.value.answer
    assert SECRET not in failed.value.answer


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hook.example/robot/send?access_token=abc",
        "https://hook.example/robot/send",
        "ftp://hook.example/?access_token=abc",
        "https://hook.example/\x00?access_token=abc",
    ],
)
async def test_a_wrong_address_is_refused_without_repeating_it(url: str) -> None:
    document = documents.Channel(name="dingtalk", type="dingtalk_robot")
    async with outbound_client() as http:
        with pytest.raises(ConfigError) as failed:
            open_channel(document, {"url": url}, http, Stage().now)
    assert "hook.example" not in str(failed.value.said)


async def test_our_limits_are_never_wider_than_the_vendors(stage: Stage) -> None:
    wide, narrow = stage.robot(per_minute=1000, max_bytes=100_000), stage.robot(per_minute=5, max_bytes=4000)
    assert (wide.limits.per_minute, wide.limits.max_bytes) == (20, 20_000)
    assert (narrow.limits.per_minute, narrow.limits.max_bytes) == (5, 4000)
    assert not wide.limits.private
