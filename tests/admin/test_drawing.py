"""Bars, sparklines and the robot's Markdown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.draw import bar, spark
from admin.markdown import markdown

SHARES = st.one_of(st.none(), st.floats(-1e6, 1e6))


@pytest.mark.parametrize(
    ("attainment", "pace", "fill", "tick"),
    [(0.548, 0.762, 548, 762), (1.3, 1.0, 1000, 1000), (None, 0.5, 0, 500), (-0.2, None, 0, None), (0.0, 0.0, 0, 0)],
)
def test_a_bar_is_filled_to_the_attainment_and_ticked_at_the_pace(attainment, pace, fill, tick):
    drawn = bar(attainment, pace)

    assert (drawn.fill, drawn.tick) == (fill, tick)


@given(st.lists(SHARES, max_size=40), st.lists(SHARES, max_size=40))
def test_a_sparkline_stays_inside_its_box(values, pace):
    drawn = spark(values, pace)

    for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", " ".join((*drawn.lines, drawn.pace))):
        assert 0 <= float(x) <= 64
        assert 0 <= float(y) <= 20


def test_a_missing_day_splits_the_line():
    assert len(spark([0.1, 0.2, None, 0.4, 0.5]).lines) == 2


def test_nothing_to_draw_is_nothing():
    assert spark([None, None]).end is None
    assert spark([]).lines == ()


def test_above_the_pace_is_above_its_line():
    drawn = spark([0.2, 0.5], [0.1, 0.2])
    level = float(drawn.pace.split(",")[1].split(" ")[0])

    assert drawn.end is not None
    assert drawn.end[1] < level


@given(st.text(max_size=200))
def test_no_message_can_bring_a_tag_of_its_own(text):
    allowed = re.compile(
        r"</?(?:p|br|ul|li|h4|strong|blockquote|i|a)(?: class=\"square [a-z]+\")?(?: href=\"[^\"]*\" rel=\"noopener noreferrer\")?>"
    )

    assert "<" not in allowed.sub("", str(markdown(text)))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**3** 天", "<p><strong>3</strong> 天</p>"),
        ("> a\n> b", "<blockquote>a<br>b</blockquote>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("### 标题", "<h4>标题</h4>"),
        ("[看](/alerts/1)", '<p><a href="/alerts/1" rel="noopener noreferrer">看</a></p>'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("<script>", "<p>&lt;script&gt;</p>"),
        ("🟥⬜", '<p><i class="square red">🟥</i><i class="square grey">⬜</i></p>'),
    ],
)
def test_the_robots_markdown(text, html):
    assert str(markdown(text)) == html
