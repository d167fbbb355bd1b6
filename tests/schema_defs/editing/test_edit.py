"""An edit sets one value and touches its own lines only, in any document, however it is written."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from schema_defs.editing import REMOVE, EditError, edit, plain
from schema_defs.editing.edit import _set
from schema_defs.editing.plain import same

QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
CONFIG = Path(__file__).parents[3] / "config"
DOCUMENTS = sorted(CONFIG.glob("*/*.yaml"))
RULE = """\
# who is behind
kind: rule
name: behind   # never rename
label: {zh: 落后, en: 'Behind'}

when: attainment < 0.8 * pace   # the threshold
for: 3
check:
    daily: "18:00"
on_fire:
  # the manager first
  - {notify: manager, channel: dingtalk}   # by phone
  - mark: red
"""
BODY = "kind: message\nname: m\nbody: |-\n    one\n\n    two\n# end\n"
JSON = '{\n  "kind": "rule",\n  "name": "r",\n  "on_fire": [\n    {"mark": "red"},\n    {"mark": "amber"}\n  ]\n}\n'


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("when",), "attainment < 0.75 * pace", "0.8 *", "0.75 *"),
        (("check", "daily"), "17:00", '"18:00"', '"17:00"'),
        (("label", "en"), "Not on pace", "'Behind'", "'Not on pace'"),
        (("label", "en"), "It's late", "'Behind'", "'It''s late'"),
        (("label", "fr"), "En retard", "'Behind'}", "'Behind', fr: En retard}"),
        (("on_fire", 0, "channel"), REMOVE, ", channel: dingtalk", ""),
        (("on_fire", 0, "message"), "a, b", "dingtalk}", 'dingtalk, message: "a, b"}'),
        (("on_fire", 2), {"mark": "amber"}, "- mark: red\n", "- mark: red\n  - {mark: amber}\n"),
        (("on_fire", 1), REMOVE, "  - mark: red\n", ""),
        (("on_fire", 0), REMOVE, "  - {notify: manager, channel: dingtalk}   # by phone\n", ""),
        (("for",), REMOVE, "for: 3\n", ""),
        (("check", "on_change"), True, '"18:00"\n', '"18:00"\n    on_change: true\n'),
        (("unanswered", "notify"), "director", "- mark: red\n", "- mark: red\nunanswered: {notify: director}\n"),
        (("name",), "12", "behind ", '"12" '),
    ],
)
def test_only_what_is_edited_changes(path, value, old, new):
    assert RULE.count(old) == 1
    assert edit(RULE, path, value) == RULE.replace(old, new)
    windows = RULE.replace("\n", "\r\n")
    assert edit(windows, path, value) == edit(RULE, path, value).replace("\n", "\r\n")


def test_a_text_of_several_lines_stays_one():
    assert edit(BODY, ("body",), "one\ntwo") == BODY.replace("    one\n\n    two", "  one\n  two")
    assert edit(BODY, ("body",), "one") == "kind: message\nname: m\nbody: one\n# end\n"
    assert plain(edit(BODY, ("body",), "a\nb\n"))["body"] == "a\nb\n"


def test_json_stays_json():
    as_json = {"file": "r.json"}
    assert edit(JSON, ("on_fire", 1), REMOVE, **as_json) == JSON.replace(',\n    {"mark": "amber"}', "")
    assert edit(JSON, ("on_fire", 2), {"mark": "x"}, **as_json) == JSON.replace(
        'amber"}', 'amber"},\n    {"mark": "x"}'
    )
    assert edit(JSON, ("for",), 3, **as_json) == JSON.replace("  ]\n", '  ],\n  "for": 3\n')


def test_what_is_already_so_is_not_written_again():
    assert edit(RULE, ("check",), {"daily": "18:00"}) == RULE
    assert edit(RULE, ("label", "de"), REMOVE) == RULE


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "a: [\n", "a: &x 1\n", "a: 1\n---\nb: 1\n", ""])
def test_a_text_that_cannot_be_read_is_left_to_its_author(text):
    with pytest.raises(EditError) as refused:
        edit(text, ("a",), 2)
    assert "YAML" in refused.value.said.zh


def _paths(value, path=()):
    """Every place of a document, and beside each list and mapping a new one."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _paths(each, (*path, key))
        yield (*path, "new_key")
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _paths(each, (*path, at))
        yield (*path, len(value))


WORDS = st.one_of(
    st.sampled_from(["", "yes", "12", "1e3", "null", "- x", "a: b", "x # y", "'q'", '"q"', "a\nb", "a\nb\n", " lead", "中文，", "[a]", "45%", "~", "? x", "a\tb", "#c", "@x", "18:00", "a,b", "\n", "x\\n", "trail "]),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"), exclude_characters="\ufeff"), max_size=12),
)  # fmt: skip
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.decimals(-100, 100, places=3), WORDS)
VALUES = st.recursive(
    SCALARS, lambda each: st.lists(each, max_size=3) | st.dictionaries(WORDS, each, max_size=3), max_leaves=6
)


class Writer:
    """Writes a value in any of the ways in which people write it."""

    def __init__(self, draw) -> None:
        self.draw = draw

    def one(self, *ways):
        return self.draw(st.sampled_from(ways))

    def text(self, value: object) -> str:
        from schema_defs.editing import render

        style = self.one("plain", "single", "double")
        if style == "single" and isinstance(value, str) and value.isprintable():
            return render.scalar(value, style="single")
        return render.scalar(value, style="double" if style == "double" else "plain", flow=True)

    def flow(self, value: object) -> str:
        comma = self.one(", ", ",  ", " , ")
        if isinstance(value, list):
            return "[" + self.one("", " ") + comma.join(map(self.flow, value)) + "]"
        if isinstance(value, dict):
            return (
                "{"
                + comma.join(f"{self.text(key)}: {self.flow(each)}" for key, each in value.items())
                + self.one("", " ")
                + "}"
            )
        return self.text(value)

    def below(self, value: object, column: int) -> str:
        note = self.one("", "", "  # note: x, [y]")
        if isinstance(value, dict) and value and self.one(True, True, False):
            return f"{note}\n" + self.block(value, column + self.one(1, 2, 4))
        if isinstance(value, list) and value and self.one(True, True, False):
            return f"{note}\n" + self.items(value, column + self.one(0, 2))
        if isinstance(value, str) and value.startswith("a\nb") and self.one(True, False):
            tail = "" if value.endswith("\n") else "-"
            return f" |{tail}\n{' ' * (column + 2)}a\n{' ' * (column + 2)}b\n"
        if value is None and self.one(True, False):
            return f"{note}\n"
        return f" {self.flow(value)}{note}\n"

    def block(self, value: dict, column: int) -> str:
        lines = [
            self.one("", "", " " * column + "# above\n", "\n")
            + " " * column
            + f"{self.text(key)}:{self.below(each, column)}"
            for key, each in value.items()
        ]
        return "".join(lines)

    def items(self, value: list, column: int) -> str:
        written = []
        for each in value:
            if isinstance(each, dict) and each and self.one(True, False):
                written.append(" " * column + "- " + self.block(each, column + 2).lstrip(" #above\n"))
            else:
                written.append(" " * column + "-" + self.below(each, column + 1))
        return "".join(written)


@st.composite
def written(draw) -> str:
    value = draw(st.dictionaries(WORDS.filter(bool), VALUES, min_size=1, max_size=4))
    return Writer(draw).block(value, 0)


def _is_read_back(text: str) -> bool:
    try:
        return isinstance(plain(text), dict)
    except ValueError:
        return False


@settings(max_examples=60, deadline=None, phases=QUICK)
@given(st.data())
def test_any_edit_of_any_text_gives_the_document_with_that_value_and_no_other_line_changes(data):
    text = data.draw(written().filter(_is_read_back))
    before = plain(text)
    path = data.draw(st.sampled_from(list(_paths(before))))
    value = data.draw(st.one_of(VALUES, st.just(REMOVE)))
    _law(text, before, path, value)


@settings(max_examples=16, deadline=None, phases=QUICK)
@given(st.data(), st.sampled_from(DOCUMENTS))
def test_so_it_is_in_every_document_that_comes_with_the_product(data, file):
    parts = [part for part in file.read_text(encoding="utf-8").split("---\n") if part.strip()]
    text = data.draw(st.sampled_from(parts))
    path = data.draw(st.sampled_from(list(_paths(plain(text)))))
    _law(text, plain(text), path, data.draw(st.one_of(VALUES, st.just(REMOVE))))


def _law(text, before, path, value):
    after = edit(text, path, value)
    assert same(plain(after), _set(before, path, value))
    first, last = _lines_of(text, path)
    old, new = text.split("\n"), after.split("\n")
    assert new[:first] == old[:first]
    tail = len(old) - last - 1
    assert tail == 0 or new[-tail:] == old[-tail:]


def _lines_of(text: str, path) -> tuple[int, int]:
    """The lines of the entry at the path, or of the nearest one above it that holds it; of brackets, all of them."""
    from schema_defs.editing.spans import MapSpan, ScalarSpan, skip
    from schema_defs.editing.yaml_spans import yaml_spans

    span = yaml_spans(text)
    start, end = 0, len(text)
    for step in path:
        if isinstance(span, ScalarSpan):
            break
        inside = span.entries if isinstance(span, MapSpan) else dict(enumerate(span.items))
        if step not in inside:
            if not span.flow and inside:  # a new line behind the last entry
                start = end = max(each.end for each in inside.values())
            break
        found = inside[step]
        if not span.flow and len(inside) > 1:
            start, end = found.start, found.end
            if not isinstance(span, MapSpan):  # the dash may stand on a line above
                start = skip(text, span.items[step - 1].end) if step else span.start
        span = found.value if isinstance(span, MapSpan) else found
    if not isinstance(span, ScalarSpan) and not span.flow and isinstance(path[-1], int):
        start = min(start, span.start)
    return text.count("\n", 0, start), text.count("\n", 0, end)


def test_numbers_are_exact():
    assert plain(edit("a: 1\n", ("a",), Decimal("12345678901234567890.10")))["a"] == Decimal("12345678901234567890.10")
