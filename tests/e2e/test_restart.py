"""A demo that is killed goes on where it stood: its chat, its board and its alerts are there, and nobody is told twice."""

import json

import pytest

from runtime.demo.kept import kept_moment
from tests.e2e.demo_process import DemoProcess, signed_in

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def chat_of(demo: DemoProcess) -> list[dict]:
    path = demo.folder / "chat.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def test_a_killed_demo_is_found_again_with_keep(tmp_path):
    first = DemoProcess(tmp_path / "data", speed=600)
    try:
        first.wait(lambda: chat_of(first), "the first message")
    finally:
        first.kill()
    told, stood = chat_of(first), kept_moment(first.folder)
    assert stood is not None

    again = DemoProcess(tmp_path / "data", "--keep", speed=600)
    try:
        moment = again.wait(lambda: (now := kept_moment(again.folder)) and now > stood and now, "a running clock")
        director = signed_in(again.address, "director")
        board, alerts, chat = (director.get(path).text for path in ("/board", "/alerts", "/chat"))
        again.wait(lambda: (kept_moment(again.folder) - moment).total_seconds() > 3600, "an hour later")

        assert 'data-row="region:hefei"' in board
        assert "合肥" in alerts
        assert "合肥可能需要支持" in chat
        keys = [message["key"] for message in chat_of(again)]
        assert keys[: len(told)] == [message["key"] for message in told]
        assert len(keys) == len(set(keys))
    finally:
        again.stop()


def test_without_keep_a_demo_begins_afresh(tmp_path):
    first = DemoProcess(tmp_path / "data", speed=600)
    first.wait(lambda: chat_of(first), "the first message")
    first.stop()
    again = DemoProcess(tmp_path / "data", speed=1)
    try:
        assert chat_of(again) == []
        assert 'data-row="region:hefei"' in signed_in(again.address, "director").get("/board").text
    finally:
        again.stop()
