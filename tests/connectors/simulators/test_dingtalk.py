"""The simulator refuses what the vendor refuses, and keeps its chat."""

import asyncio
import base64
import hashlib
import hmac
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.simulators.dingtalk.chat import ChatMessage, Robot
from connectors.simulators.dingtalk.simulator import Simulator
from tests.connectors.conftest import SECRET, TOKEN, Stage

MARKDOWN = {"msgtype": "markdown", "markdown": {"title": "East", "text": "hello @13800000001"}}


def query(stage: Stage, **changed: str) -> dict[str, str]:
    timestamp = str(int(stage.simulator.now().timestamp() * 1000))
    digest = hmac.new(SECRET.encode(), f"{timestamp}\n{SECRET}".encode(), hashlib.sha256).digest()
    sign = base64.b64encode(digest).decode()
    return {"access_token": TOKEN, "timestamp": timestamp, "sign": sign} | changed


async def told(stage: Stage, document: object, **changed: str) -> tuple[int, str]:
    answer = await stage.http.post(f"{stage.address}/robot/send", params=query(stage, **changed), json=document)
    assert answer.status_code == 200, "failures come with status 200, too"
    return answer.json()["errcode"], answer.json()["errmsg"]


def with_at(**at: object) -> dict[str, object]:
    return MARKDOWN | {"at": at}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (MARKDOWN, 0),
        ({"msgtype": "text", "text": {"content": "hello"}}, 0),
        ({"msgtype": "link", "link": {"title": "t", "text": "x", "messageUrl": "https://a.example"}}, 0),
        ({"msgtype": "actionCard", "actionCard": {"title": "t", "text": "x", "singleTitle": "o", "singleURL": "https://a.example"}}, 0),
        ({"msgtype": "actionCard", "actionCard": {"title": "t", "text": "x", "btns": [{"title": "o", "actionURL": "https://a.example"}]}}, 0),
        ({"msgtype": "feedCard", "feedCard": {"links": [{"title": "t", "messageURL": "https://a.example", "picURL": ""}]}}, 0),
        ({"msgtype": "actionCard", "actionCard": {"title": "t", "text": "x"}}, 40035),
        ({"msgtype": "markdown", "markdown": {"text": "x"}}, 40035),
        ({"msgtype": "markdown", "markdown": {"title": "t", "text": ""}}, 40035),
        ({"msgtype": "markdown"}, 40035),
        ({"msgtype": "markdown", "markdown": "x"}, 40035),
        ({"markdown": {"title": "t", "text": "x"}}, 40035),
        ({"msgtype": "video", "video": {}}, 400105),
        ({"msgtype": ["markdown"]}, 400105),
        ([], 40035),
        ("x", 40035),
        (MARKDOWN | {"padding": "x" * 20_000}, 460101),
    ],
)  # fmt: skip
async def test_a_message_needs_its_type_and_that_types_fields(stage: Stage, document: object, code: int) -> None:
    assert (await told(stage, document))[0] == code
    assert len(stage.simulator.messages) == (1 if code == 0 else 0)


@pytest.mark.parametrize(
    ("changed", "told_back"),
    [
        ({}, (0, "ok")),
        ({"access_token": "x"}, (300005, "token is not exist")),
        ({"access_token": ""}, (300005, "token is not exist")),
        ({"timestamp": ""}, (310000, "invalid timestamp")),
        ({"timestamp": "soon"}, (310000, "invalid timestamp")),
        ({"timestamp": "1772618400"}, (310000, "invalid timestamp")),
        ({"sign": ""}, (310000, "sign not match")),
        ({"sign": "%2F"}, (310000, "sign not match")),
    ],
)
async def test_token_time_and_signature_are_checked(
    stage: Stage, changed: dict[str, str], told_back: tuple[int, str]
) -> None:
    assert await told(stage, MARKDOWN, **changed) == told_back


@pytest.mark.parametrize(("minutes", "code"), [(59, 0), (-59, 0), (61, 310000), (-61, 310000)])
async def test_a_signature_is_good_for_an_hour(stage: Stage, minutes: float, code: int) -> None:
    signed = query(stage)
    stage.later(minutes=minutes)
    assert (await told(stage, MARKDOWN, **signed))[0] == code


@pytest.mark.parametrize(
    ("kind", "code"),
    [("application/json; charset=utf-8", 0), ("text/plain", 43004), ("application/x-www-form-urlencoded", 43004)],
)
async def test_only_json_is_taken(stage: Stage, kind: str, code: int) -> None:
    answer = await stage.http.post(
        f"{stage.address}/robot/send", params=query(stage), json=MARKDOWN, headers={"content-type": kind}
    )
    assert answer.json()["errcode"] == code


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 15_000])
async def test_a_body_that_is_no_json_is_refused(stage: Stage, body: bytes) -> None:
    answer = await stage.http.post(
        f"{stage.address}/robot/send", params=query(stage), content=body, headers={"content-type": "application/json"}
    )
    assert answer.json() == {"errcode": 40035, "errmsg": "缺少参数 json"}


@pytest.mark.parametrize(
    ("document", "rung", "why"),
    [
        (with_at(atMobiles=["13800000001"]), ("13800000001",), [""]),
        (MARKDOWN, (), ["not_in_at"]),
        (with_at(atMobiles=["13800000002"]), (), ["not_in_text", "not_in_at"]),
        (with_at(atMobiles=["1380000000"]), (), ["not_in_text", "not_in_at"]),
        (with_at(atMobiles="13800000001"), (), ["not_in_at"]),
        (with_at(atUserIds=["13800000001"]), ("13800000001",), [""]),
    ],
)
async def test_only_who_stands_in_text_and_at_is_rung(
    stage: Stage, document: object, rung: tuple[str, ...], why: list[str]
) -> None:
    await told(stage, document)
    [message] = stage.simulator.messages
    assert message.rings == rung
    assert [mention.why for mention in message.mentions] == why


async def test_the_same_message_sent_twice_is_shown_twice(stage: Stage) -> None:
    await told(stage, MARKDOWN)
    await told(stage, MARKDOWN)
    assert [message.number for message in stage.simulator.messages] == [1, 2]


async def test_a_refused_message_counts_towards_the_twenty(stage: Stage) -> None:
    codes = [(await told(stage, {}))[0] for _ in range(21)]
    assert codes == [40035] * 20 + [130101]


async def test_a_robot_without_secret_shows_unverified_messages(stage: Stage) -> None:
    stage.simulator.seed([Robot(token="open", group="g")])
    await told(stage, MARKDOWN, access_token="open", sign="", timestamp="")
    assert not stage.simulator.messages[0].verified


async def test_a_listener_hears_every_new_message_until_it_leaves(stage: Stage) -> None:
    heard: list[ChatMessage] = []
    leave = stage.simulator.subscribe(heard.append)
    await told(stage, MARKDOWN)
    leave()
    await told(stage, MARKDOWN)
    assert [message.number for message in heard] == [1]


async def test_a_restarted_simulator_finds_its_chat_even_after_a_torn_line(tmp_path: Path) -> None:
    file = tmp_path / "chat" / "messages.jsonl"
    robots = [Robot(token=TOKEN, group="华东")]
    stage = Stage()

    async def send(simulator: Simulator) -> int:
        transport = httpx.ASGITransport(app=simulator.app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport) as http:
            answer = await http.post("http://demo/robot/send", params={"access_token": TOKEN}, json=MARKDOWN)
        return int(answer.json()["errcode"])

    first = Simulator(robots, clock=stage.now, file=file)
    for _ in range(19):
        assert await send(first) == 0
    with file.open("ab") as torn:
        torn.write(b'{"number":20,"sent_a')
    second = Simulator(robots, clock=stage.now, file=file)
    assert second.messages == first.messages
    assert [await send(second), await send(second)] == [0, 130101], "the count of the minute goes on"
    assert [message.number for message in Simulator(robots, file=file).messages] == list(range(1, 21))
    second.reset()
    assert Simulator(robots, file=file).messages == ()


async def control(stage: Stage, verb: str, body: object = None, **headers: Any) -> httpx.Response:
    return await stage.http.post(f"{stage.address}/__sim__/{verb}", json=body if body is not None else {}, **headers)


async def test_the_stage_is_set_and_read_from_outside(stage: Stage) -> None:
    await control(stage, "seed", {"robots": [{"token": "b", "group": "西部"}], "people": {"13800000001": "王经理"}})
    await control(stage, "advance_clock", {"seconds": 86_400})
    await control(stage, "faults", [{"kind": "busy", "after": 1}, {"kind": "http_502", "match": "/elsewhere"}])
    sent = [(await told(stage, with_at(atMobiles=["13800000001"]), access_token="b"))[0] for _ in range(3)]
    assert sent == [0, -1, 0]
    messages = (await stage.http.get(f"{stage.address}/__sim__/messages")).json()
    assert [(message["group"], message["mentions"][0]["name"]) for message in messages] == [("西部", "王经理")] * 2
    assert messages[0]["sent_at"].startswith("2026-03-05T10:00")
    log = (await stage.http.get(f"{stage.address}/__sim__/log")).json()
    assert [(entry["fault"], entry["errcode"]) for entry in log] == [(None, 0), ("busy", -1), (None, 0)]
    await control(stage, "reset")
    assert stage.simulator.messages == stage.simulator.log == ()
    assert stage.simulator.now() == stage.now()


async def test_the_log_says_whether_a_signature_was_right_also_when_a_fault_came_first(stage: Stage) -> None:
    await control(stage, "faults", [{"kind": "http_500"}])
    await stage.http.post(f"{stage.address}/robot/send", params=query(stage), json=MARKDOWN)
    await told(stage, MARKDOWN, sign="x")
    assert [(entry.verified, entry.fault) for entry in stage.simulator.log] == [(True, "http_500"), (False, None)]


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("faults", [{"kind": "flood"}], 422),
        ("faults", {"kind": "busy"}, 422),
        ("seed", {"robot": []}, 422),
        ("advance_clock", {"seconds": "x"}, 422),
        ("nothing", {}, 404),
    ],
)
async def test_a_wrong_control_request_says_what_is_wrong(stage: Stage, verb: str, body: object, status: int) -> None:
    answer = await control(stage, verb, body)
    assert answer.status_code == status
    assert answer.json()["error"]


async def test_control_is_refused_to_forms_of_a_foreign_page(stage: Stage) -> None:
    answer = await stage.http.post(f"{stage.address}/__sim__/reset", data={"x": "1"})
    assert answer.status_code == 415


async def test_the_simulator_may_be_mounted_below_a_path_and_called_in_process() -> None:
    simulator = Simulator([Robot(token=TOKEN, group="g")])
    transport = httpx.ASGITransport(app=simulator.app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport) as http:
        url = "http://demo/simulators/dingtalk/robot/send"
        answer = await http.post(url, params={"access_token": TOKEN}, json=MARKDOWN)
        assert (await http.get("http://demo/elsewhere")).status_code == 404
    assert answer.json() == {"errcode": 0, "errmsg": "ok"}


async def test_two_hundred_messages_at_once_are_numbered_without_a_gap(stage: Stage) -> None:
    robots = [Robot(token=f"r{number}", group=f"g{number}") for number in range(10)]
    stage.simulator.seed(robots)
    tokens = [robot.token for robot in robots] * 20
    async with httpx.AsyncClient(timeout=10) as http:
        url = f"{stage.address}/robot/send"
        await asyncio.gather(*(http.post(url, params={"access_token": token}, json=MARKDOWN) for token in tokens))
    assert [message.number for message in stage.simulator.messages] == list(range(1, 201))


async def test_the_own_clock_is_added_to_the_given_one(stage: Stage) -> None:
    stage.simulator.advance_clock(timedelta(minutes=5))
    stage.later(minutes=1)
    assert stage.simulator.now() - Stage().time == timedelta(minutes=6)
