import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.channels.dingtalk_robot.body import compose, telephones, with_key
from connectors.channels.dingtalk_robot.cut import clean_end, cut, size
from connectors.channels.protocol import Outgoing
from connectors.errors import DataError
from connectors.simulators.dingtalk.chat import key_of, link_of

LINK = "https://duiqi.example.com/alerts/17"
WORDS = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from('\n\n"\\`*[]()#你好🎉e\u0301👨\u200d👩')), max_size=400
)


def composed(outgoing: Outgoing, max_bytes: int = 20_000, keyword: str | None = None) -> dict[str, dict[str, object]]:
    content = compose(outgoing, max_bytes, keyword).content
    assert len(content) <= max_bytes
    decoded = json.loads(content.decode("utf-8"))
    assert isinstance(decoded, dict)
    return decoded


def text_of(outgoing: Outgoing, max_bytes: int = 20_000) -> str:
    return str(composed(outgoing, max_bytes)["markdown"]["text"])


@given(title=WORDS, body=WORDS, repeat=st.integers(1, 60), max_bytes=st.integers(1_500, 20_000), zh=st.booleans())
@settings(max_examples=60, deadline=None)
def test_no_message_exceeds_the_limit_or_loses_its_link_and_mentions(
    title: str, body: str, repeat: int, max_bytes: int, zh: bool
) -> None:
    outgoing = Outgoing(
        key="N-1", title=title, body=body * repeat, link=LINK, at_mobiles=("13800000001",), lang="zh" if zh else "en"
    )
    text = text_of(outgoing, max_bytes)
    assert key_of(link_of(text)) == "N-1"
    assert re.search(r"^@13800000001$", text, re.MULTILINE)
    assert text.count("```") % 2 == 0


def test_a_short_body_is_sent_whole() -> None:
    body = "**12%** of 18%\n\n- one\n- two"
    assert text_of(Outgoing(key="N-1", title="East", body=body, link=LINK)) == (
        f"#### East\n\n{body}\n\n[查看详情 · N-1]({LINK}?notice=N-1)"
    )


def test_a_long_body_ends_at_a_line_and_says_how_much_is_missing() -> None:
    lines = [f"- 第 {number} 行：华东完成 1,234 万" for number in range(1000)]
    text = text_of(Outgoing(key="N-1", title="周报", body="\n".join(lines), link=LINK))
    shown, note = text.split("……（还有 ")
    kept = [line for line in shown.splitlines() if line.startswith("- ")]
    assert kept == lines[: len(kept)]
    left_out = int(note.split(" 个字")[0].replace(",", ""))
    assert left_out == len("\n".join(lines)) - len("\n".join(kept))
    assert len(kept) > 350


def test_a_message_without_room_for_its_fixed_parts_is_refused_with_a_reason() -> None:
    mobiles = tuple(f"139{number:08}" for number in range(100))
    with pytest.raises(DataError, match="raise max_bytes"):
        compose(Outgoing(key="N-1", title="East", body="x", link=LINK, at_mobiles=mobiles), 300, None)


@pytest.mark.parametrize(
    ("written", "number"),
    [("13800000001", "13800000001"), ("+86 138-0000-0001", "13800000001"), ("(852) 61234567", "85261234567")],
)
def test_telephones_are_written_as_dingtalk_knows_them(written: str, number: str) -> None:
    assert telephones((written, written)) == ((number,), ())


@pytest.mark.parametrize("written", ["", "经理", "1380000000x", "13800000001 extra", "１３８００００００01"])
def test_what_is_no_number_is_reported_and_not_sent(written: str) -> None:
    outgoing = Outgoing(key="N-1", title="East", body="x", at_mobiles=(written, "13800000001"))
    result = compose(outgoing, 20_000, None)
    assert result.unreached == (written,)
    assert json.loads(result.content)["at"]["atMobiles"] == ["13800000001"]


def test_every_telephone_stands_in_the_text_and_in_at() -> None:
    body = composed(
        Outgoing(key="N-1", title="East", body="x", at_mobiles=("13800000001", "13800000002"), at_user_ids=("u7",))
    )
    assert body["at"] == {"atMobiles": ["13800000001", "13800000002"], "atUserIds": ["u7"], "isAtAll": False}
    assert "@13800000001 @13800000002 @u7" in str(body["markdown"]["text"])


def test_the_keyword_is_added_where_the_title_lacks_it() -> None:
    outgoing = Outgoing(key="N-1", title="East", body="很长" * 9000, link=LINK)
    assert str(composed(outgoing, keyword="对齐")["markdown"]["text"]).endswith("\n\n对齐")
    titled = Outgoing(key="N-1", title="对齐：East", body="x")
    assert str(composed(titled, keyword="对齐")["markdown"]["text"]).count("对齐") == 1


@pytest.mark.parametrize(
    ("link", "key"),
    [
        (LINK, "N-1"),
        (f"{LINK}?from=chat#why", "a/b c&d=é（1）"),
        (f"{LINK}?notice=N-1", "N-1"),
        (f"{LINK}?q=(a) b", "华东:fired:2"),
    ],
)
def test_the_key_can_be_read_out_of_the_link_and_the_link_is_one_for_markdown(link: str, key: str) -> None:
    done = with_key(link, key)
    assert not re.search(r"[()\s<>]", done)
    assert parse_qs(urlsplit(done).query)["notice"] == [key]
    assert urlsplit(done).fragment == urlsplit(link).fragment
    assert key_of(link_of(f"[x]({done})")) == key


def test_an_unended_block_of_code_does_not_swallow_the_link() -> None:
    text = text_of(Outgoing(key="N-1", title="East", body="```\nsum", link=LINK))
    assert text.count("```") == 2
    assert key_of(link_of(text)) == "N-1"


@given(text=WORDS, room=st.integers(30, 300))
@settings(max_examples=60)
def test_a_cut_text_fits_and_begins_like_the_whole(text: str, room: int) -> None:
    done = cut(text * 3, room, lambda count: f"…{count}")
    assert size(done) <= room
    if done != text * 3:
        kept = done[: done.rindex("…")]
        assert (text * 3).startswith(kept)
        assert int(done[len(kept) + 1 :]) == len(text * 3) - len(kept)


@pytest.mark.parametrize(
    ("text", "end", "kept"),
    [
        ("one two\nthree four", 12, "one two"),
        ("one\ntwo three four five six seven", 25, "one\ntwo three four five s"),
        ("cafe\u0301s", 4, "caf"),
        ("ab👨\u200d👩\u200d👧c", 4, "ab"),
        ("see [the board](https://x.example/a)", 20, "see "),
        ("see ![p](https://x.example/a)", 6, "see "),
        ("see [the board](https://x.example/a) now", 38, "see [the board](https://x.example/a) n"),
        ("a\\*b", 2, "a"),
        ("a\\\\b", 3, "a\\\\"),
        ("x ```code", 7, "x "),
    ],
)
def test_a_cut_tears_nothing(text: str, end: int, kept: str) -> None:
    assert text[: clean_end(text, end)] == kept
