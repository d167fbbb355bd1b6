import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.channels.dingtalk_robot.escape import escape_markdown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("华东一区 (A/B) 12%", "华东一区 (A/B) 12%"),
        ("order_lines & SO-1182", "order_lines & SO-1182"),
        ("-5.2%", "-5.2%"),
        ("1,234.50", "1,234.50"),
        ("a@example.com", "a@example.com"),
        ("[中奖](https://evil.example)", "［中奖］(https:／／evil.example)"),
        ("![x](//evil.example/p.png)", "!［x］(／／evil.example/p.png)"),
        ("# 紧急", "＃ 紧急"),
        ("> 引用", "＞ 引用"),
        ("- 项目", "－ 项目"),
        ("1. 项目", "1． 项目"),
        ("---", "－－－"),
        ("**粗** _斜_ `码`", "＊＊粗＊＊ ＿斜＿ ｀码｀"),
        ("<font color=red>红</font>", "＜font color=red>红＜/font>"),
        ("第一行\n\n# 第二行\r\n第三行", "第一行 # 第二行 第三行"),
        ("@13800000001 请看", "＠13800000001 请看"),
        ("www.evil.example", "www．evil.example"),
        ("反\u202e转\u0000\u0007", "反转"),
    ],
)
def test_users_words_read_the_same_and_mean_nothing(written: str, shown: str) -> None:
    assert escape_markdown(written) == shown


@given(st.text(st.one_of(st.characters(), st.sampled_from("[]()<>#*_`~@/\\\n-+ 1.!")), max_size=60))
def test_no_users_words_make_markup(text: str) -> None:
    shown = escape_markdown(text)
    assert not re.search(r"[\[\]<*`\\\n\r\u2028]|//|^[#>]|^[-+]( |$)|^\d+[.)]( |$)|@\d{5}", shown)
    shown.encode("utf-8")
    assert escape_markdown(shown) == shown
