"""Texts that are made to hurt: each ends quickly, with one readable problem instead of a crash."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema_defs.loader import load_text

SECONDS = 10
LARGE = 1_900_000

YAML = {
    "brackets": ("[" * 100_000, "too-deep"),
    "brackets below a key": ("kind: metric\nname: " + "[" * LARGE, "too-deep"),
    "braces": ("{a: " * 100_000, "too-deep"),
    "dashes": ("- " * (LARGE // 2), "too-deep"),
    "indentation": ("".join(" " * depth + "a:\n" for depth in range(1000)), "too-deep"),
    "a billion laughs": (
        "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a, *a, *a]\n" for n in range(20)),
        "anchor",
    ),
    "thousands of anchors": ("".join(f"a{n}: &a{n} x\n" for n in range(50_000)), "too-many-problems"),
    "merge keys": ("base: 1\n" + "<<: {a: 1}\n" * 50_000, "too-many-problems"),
    "doubled keys": ("kind: metric\n" * 50_000, "too-many-problems"),
    "documents": ("---\n" * 400_000, "too-many-documents"),
    "nodes": ("kind: metric\nname: [" + "a," * 20_001 + "]", "too-many-nodes"),
    "a long tag": ("kind: !" + "x" * LARGE, "tag"),
    "exclamation marks": ("!" * LARGE, "tag"),
    "an open quote": ('kind: "' + "x" * LARGE, "yaml-syntax"),
    "more than 2 MB": ("# " + "x" * 2_000_000, "too-large"),
    "half a surrogate pair": ('kind: "\\ud83d"', "control-character"),
    "an impossible character": ('kind: "\\U00110000"', "yaml-syntax"),
    "a control character": ("kind: me\x07tric", "control-character"),
    "a control character by an escape": ('kind: "me\\atric"', "control-character"),
    "a byte order mark": ("\ufeffkind: metric", "byte-order-mark"),
    "a line separator": ("kind: metric\u2028name: x", "control-character"),
    "a key that is a list": ("? [a, b]\n: c", "key-not-text"),
    "a null key": ("kind: metric\n~: x", "key-not-text"),
    "an alias of nothing": ("kind: *nothing", "alias"),
    "a Python tag": ("!!python/object/apply:os.system ['id']", "tag"),
    "a directive": ("%TAG ! tag:example.com,2000:\n---\nkind: metric", "directive"),
    "an exponent without end": (
        "kind: plan\nname: p\nmetric: m\nyear: 2026\ntotal: 1e999999999",
        "out-of-range",
    ),
    "a year without end": ("kind: plan\nname: p\nmetric: m\ntotal: 1\nyear: " + "9" * 100_000, "out-of-range"),
}

JSON = {
    "brackets": ("[" * LARGE, "too-deep"),
    "objects": ('{"a":' * 100_000, "too-deep"),
    "NaN": ('{"kind": NaN}', "json-syntax"),
    "Infinity": ('{"kind": -Infinity}', "json-syntax"),
    "half a surrogate pair": ('{"kind": "\\ud83d"}', "control-character"),
    "doubled keys": ('{"kind": "metric", "kind": "rule"}', "duplicate-key"),
    "a comma too many": ('{"kind": "metric",}', "json-syntax"),
    "single quotes": ("{'kind': 'metric'}", "json-syntax"),
    "a comment": ('{"kind": "metric"} // x', "json-syntax"),
    "a raw tab in a text": ('{"kind": "me\ttric"}', "json-syntax"),
    "nothing": ("", "json-syntax"),
    "a list": ("[]", "not-a-document"),
    "numbers without end": ("[" + "1," * 300_000 + "1]", "too-many-nodes"),
}


@pytest.mark.parametrize("case", YAML)
def test_hostile_yaml_ends_quickly_with_a_problem(case: str) -> None:
    text, code = YAML[case]
    _ends_quickly(text, "hostile.yaml", code)


@pytest.mark.parametrize("case", JSON)
def test_hostile_json_ends_quickly_with_a_problem(case: str) -> None:
    text, code = JSON[case]
    _ends_quickly(text, "hostile.json", code)


def _ends_quickly(text: str, file: str, code: str) -> None:
    started = time.process_time()
    loaded = load_text(text, file, one=False)
    assert time.process_time() - started < SECONDS
    assert code in [issue.code for issue in loaded.issues]
    assert loaded.has_errors
    assert all(issue.line >= 1 and issue.column >= 1 for issue in loaded.issues)
    for issue in loaded.issues:
        (issue.message.zh + issue.message.en + issue.path).encode()


def test_100_kB_of_brackets_are_refused_in_a_second() -> None:
    started = time.process_time()
    load_text("[" * 100_000, "hostile.yaml")
    load_text("[" * 100_000, "hostile.json")
    assert time.process_time() - started < 2


ODD = st.text(alphabet=st.sampled_from(list("kind: metric\n-?[]{},#&*!|>'\"%@`\t\\~<=0123456789.eE+中：\r\u2028\x00")))


@given(st.one_of(ODD, st.text(), ODD.map(lambda text: "kind: metric\nname: x\n" + text)))
@settings(max_examples=120, deadline=None)
def test_no_text_whatever_ends_in_anything_but_an_answer(text: str) -> None:
    for file in ("any.yaml", "any.json"):
        loaded = load_text(text, file, one=False)
        for issue in loaded.issues:
            assert issue.message.zh
            assert issue.message.en
