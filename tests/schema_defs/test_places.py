"""Where a value, a key or a character of an expression is written."""

import pytest

from schema_defs.loader import load_text

TEXT = """\
# a comment
kind: rule
name: behind
when: >-
  attainment < 0.8 * pace
  and actual > 0
recover_when: "attainment >= 0.9"  # later
on_fire:
  - notify: manager
    channel: inbox
  - {mark: red}
"""


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        ((), 2, 1),
        (("name",), 3, 7),
        (("on_fire",), 8, 1),
        (("on_fire", 0), 9, 5),
        (("on_fire", 0, "channel"), 10, 14),
        (("on_fire", 1, "mark"), 11, 12),
        (("on_fire", 1, "absent"), 11, 5),
        (("on_fire", 7), 8, 1),
        (("absent",), 2, 1),
    ],
)
def test_a_path_leads_to_its_value_or_the_nearest_place(path: tuple[str | int, ...], line: int, column: int) -> None:
    place = load_text(TEXT, "rule.yaml").place("rule", "behind", path)
    assert place == ("rule.yaml", line, column)


@pytest.mark.parametrize(
    ("path", "word", "line", "column"),
    [
        ("when", "attainment", 5, 3),
        ("when", "pace", 5, 22),
        ("when", "actual", 6, 7),
        ("recover_when", "0.9", 7, 30),
    ],
)
def test_a_character_of_an_expression_has_its_own_place(path: str, word: str, line: int, column: int) -> None:
    loaded = load_text(TEXT, "rule.yaml")
    text = getattr(loaded.release.rules["behind"], path)
    assert loaded.place_in_text("rule", "behind", (path,), text.index(word)) == ("rule.yaml", line, column)


def test_the_places_of_json_are_as_exact() -> None:
    text = '{\n  "kind": "rule", "name": "r",\n  "when": "a < 1",\n  "on_fire": [\n    {"mark": "red"}\n  ]\n}'
    loaded = load_text(text, "rule.json")
    assert loaded.place("rule", "r", ("on_fire", 0, "mark")) == ("rule.json", 5, 14)
    assert loaded.place_in_text("rule", "r", ("when",), 4) == ("rule.json", 3, 16)


def test_each_document_keeps_its_own_text_with_its_comments() -> None:
    first, second = (
        "kind: message\nname: a\ntitle: t # why\nbody: b\n",
        "---\nkind: message\nname: b\ntitle: t\nbody: b\n",
    )
    loaded = load_text(first + second, one=False)
    assert loaded.text_of("message", "a") == first.rstrip("\n")
    assert loaded.text_of("message", "b") == second


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_are_counted_alike_however_they_end(ending: str) -> None:
    [issue] = load_text(ending.join(["kind: message", "name: x", "title: t", "body: 3"])).issues
    assert (issue.line, issue.column) == (4, 7)
