"""What is no expression: every class of attack and of mistake, refused by name and place, quickly."""

import time

import pytest

from engine.expression import ExpressionError, parse, row_function

REFUSED = [
    # constructs that the language does not have
    ("a.b", "forbidden"),
    ("a.__class__", "forbidden"),
    ("().__class__.__bases__[0].__subclasses__()", "forbidden"),
    ("'{0.__class__}'.format(a)", "forbidden"),
    ("a[0]", "forbidden"),
    ("a[1:2]", "forbidden"),
    ("lambda: 1", "forbidden"),
    ("(lambda x: x)(1)", "forbidden"),
    ("[x for x in [1]]", "forbidden"),
    ("{x for x in [1]}", "forbidden"),
    ("{1: 2}", "forbidden"),
    ("{1, 2}", "forbidden"),
    ("(1, 2)", "forbidden"),
    ("min(x for x in [1])", "forbidden"),
    ("f'{a}'", "forbidden"),
    ("F'{a:>99999999}'", "forbidden"),
    ("rb'a'", "forbidden"),
    ("b'a'", "forbidden"),
    ("r'a'", "forbidden"),
    ("1j", "forbidden"),
    ("...", "forbidden"),
    ("(a := 1)", "forbidden"),
    ("a := 1", "forbidden"),
    ("min(*a)", "forbidden"),
    ("round(a, n=2)", "forbidden"),
    ("round(**a)", "forbidden"),
    ("(yield 1)", "forbidden"),
    ("yield 1", "forbidden"),
    ("await a", "forbidden"),
    ("a is 1", "forbidden"),
    ("a is True", "forbidden"),
    ("None is a", "forbidden"),
    ("a & b", "forbidden"),
    ("a | b", "forbidden"),
    ("a ^ b", "forbidden"),
    ("~a", "forbidden"),
    ("a << 1", "forbidden"),
    ("1 >> a", "forbidden"),
    ("a @ b", "forbidden"),
    ("min(a)(b)", "forbidden"),
    # more than an expression
    ("a = 1", "forbidden"),
    ("a += 1", "forbidden"),
    ("1; 2", "forbidden"),
    ("import os", "forbidden"),
    ("del a", "forbidden"),
    ("1 # nothing to see", "forbidden"),
    ("# only a comment", "forbidden"),
    # names
    ("_a", "forbidden"),
    ("__import__('os')", "forbidden"),
    ("ａ + 1", "forbidden"),
    ("ｅｖａｌ('1')", "forbidden"),
    ("ﬁeld", "forbidden"),
    ("unknown", "name"),
    ("min", "name"),
    ("min + 1", "name"),
    ("true and unknown", "name"),
    ("eval('1')", "function"),
    ("open('/etc/passwd')", "function"),
    ("getattr(a, 'x')", "function"),
    ("rand()", "function"),
    ("sum([1, 2])", "function"),
    ("1 in unknown", "name"),
    ("mni(1, 2)", "function"),
    ("map_value(a)", "function"),
    ("today()", "function"),
    ("target_of('m')", "function"),
    # characters
    ("a\x00", "forbidden"),
    ("a\x0c+ 1", "forbidden"),
    ("a\u200b", "forbidden"),
    ("'\u202ea'", "forbidden"),
    ("'\ue000'", "forbidden"),
    ("\ud800", "forbidden"),
    ("'\\ud800'", "forbidden"),
    ("'\\x00'", "forbidden"),
    ("a\u2028", "forbidden"),
    ("\ufeffa", "forbidden"),
    # arguments
    ("round()", "arguments"),
    ("round(1, 2, 3)", "arguments"),
    ("max()", "arguments"),
    ("coalesce(a)", "arguments"),
    ("is_missing()", "arguments"),
    ("days_between(a)", "arguments"),
    # lists stand only to the right of in
    ("[1, 2]", "type"),
    ("[1] * 1000000", "type"),
    ("[1] + [2]", "type"),
    ("1 in 'abc'", "type"),
    ("1 in a", "type"),
    ("[1] in [1]", "type"),
    ("1 in [[1]]", "type"),
    ("max([1, 2])", "type"),
    ("a in [1] == true", "type"),
    # too large
    ("1 + " * 500 + "1", "limit"),
    ("1 + " * 41 + "1", "limit"),
    ("-" * 1999 + "1", "limit"),
    ("not " * 499 + "true", "limit"),
    ("(" * 1000 + "1" + ")" * 999, "limit"),
    ("[" * 1990, "limit"),
    ("{" * 1990, "limit"),
    ("a" * 2001, "limit"),
    ("min(" + ", ".join(["1"] * 400) + ")", "limit"),
    ("1 in [" + ", ".join(["1"] * 201) + "]", "limit"),
    ("1e400", "limit"),
    ("9" * 400, "limit"),
    ("-" + "9" * 1990, "limit"),
    # no expression at all
    ("", "syntax"),
    (" \n\t ", "syntax"),
    ("a +", "syntax"),
    ("a b", "syntax"),
    ("(a", "syntax"),
    ("a)", "syntax"),
    ("'a", "syntax"),
    ("'a' 'b'", "syntax"),
    ("'''a'''", "syntax"),
    ("'\\q'", "syntax"),
    ("'\\u12'", "syntax"),
    ("a if b", "syntax"),
    ("a && b", "syntax"),
    ("a <> b", "syntax"),
    ("!a", "syntax"),
    ("金额（1）", "syntax"),
    ("print 1", "syntax"),
    ("1)+(1", "syntax"),
    ("0777", "syntax"),
    ("class == 1", "syntax"),
]


@pytest.mark.parametrize(("text", "kind"), REFUSED)
def test_refused(text: str, kind: str) -> None:
    start = time.process_time()
    with pytest.raises(ExpressionError) as caught:
        parse(text, ["a", "b", "amount"])
    assert time.process_time() - start < 2, "a guard against hanging; test_hostile measures"
    assert caught.value.kind == kind
    assert caught.value.said.zh
    assert caught.value.said.en
    assert caught.value.at is None or 0 <= caught.value.at <= len(text)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a + unknown", 4),
        ("金额 + 成夲", 5),
        ("  a.b", 2),
        ("金额 > 0 and 金额.b", 11),
        ("a + _b", 4),
        ("1; 金额 = 2", 3),
    ],
)
def test_the_place_is_counted_in_characters(text: str, at: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, ["a", "金额", "成本"])
    assert caught.value.at == at


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("amuont > 1", "是否想写 'amount'", "did you mean 'amount'"),
        ("rond(amount)", "是否想写 'round'", "did you mean 'round'"),
        ("amount = 1", "比较请用 ==", "compare with =="),
        ("amount & 1", "请写 and", "write and"),
        ("amount.x", "用点取属性", "an attribute"),
        ("round(amount, 2, 3)", "这里有 3 个", "not 3"),
        ("map_value(amount)", "map", "the map of a source"),
        ("金额（1）", "半角括号", "plain brackets"),
        ("class == 1", "保留字", "reserved word"),
    ],
)
def test_the_message_names_the_mend(text: str, zh: str, en: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, ["amount"])
    assert zh in caught.value.said.zh
    assert en in caught.value.said.en


@pytest.mark.parametrize(
    "text",
    [
        "min(" + ", ".join(["1"] * 398) + ")",
        "1 in [" + ", ".join(["1"] * 200) + "]",
        "1 + " * 39 + "1",
        "(" * 60 + "1" + ")" * 60,
        "a" * 2000,
        "r + u + br + f" + " > 1",
        "'#' + ' # '",
        "'a'if a else'b'",
        "'emoji 👍🏽'",
        "1if a else 2",
    ],
)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_accepted_up_to_the_limits(text: str) -> None:
    assert parse(text).text == text


def test_a_reference_stands_for_a_value() -> None:
    expression = parse("attainment_of('高毛利') < 0.8 * pace", ["pace"], references=["attainment_of"])
    assert expression.references == {("attainment_of", "高毛利")}
    assert expression.names == {"pace", "attainment_of('高毛利')"}
    assert row_function(expression)({"attainment_of('高毛利')": 0.1, "pace": 0.5}) is True


@pytest.mark.parametrize(
    "text", ["attainment_of(a)", "attainment_of('a' + 'b')", "attainment_of()", "attainment_of('a', 'b')"]
)
def test_a_reference_takes_one_written_text(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, ["a"], references=["attainment_of"])
    assert caught.value.kind == "arguments"
