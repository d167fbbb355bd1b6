"""The catalogue: complete in both languages, and no text of ours anywhere else."""

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from admin.catalogue import catalogue, say
from admin.menu import MENU
from admin.pages.answer import FLASHES
from engine.diff.compare import How
from engine.explain.bridge import KINDS
from runtime.board import alerts, view
from runtime.drafts import effects
from schema_defs.board import Shown
from schema_defs.case import Notice as NoticeKind
from schema_defs.case import State
from schema_defs.loader.shape import Shape, struct_shape
from schema_defs.release import BY_KIND
from schema_defs.text import LANGS

ADMIN = Path(__file__).parents[2] / "admin"
TEMPLATES = sorted((ADMIN / "templates").rglob("*.html"))


def keys_of(shape: Shape, seen: set[type]) -> Iterator[str]:
    """Every key that a document may have at the place or below it."""
    if shape.struct is not None and shape.struct.made not in seen:
        seen.add(shape.struct.made)
        for key, slot in shape.struct.slots.items():
            yield key
            yield from keys_of(slot.shape, seen)
    for item in shape.items if isinstance(shape.items, tuple) else filter(None, [shape.items]):
        yield from keys_of(item, seen)
    if shape.entries:
        yield from keys_of(shape.entries[1], seen)


KEYS = sorted({key for kind in BY_KIND.values() for key in keys_of(Shape(struct=struct_shape(kind)), set())})
FAMILIES = {
    "bridge.": KINDS,
    "operand.": ("holds", "fails", "missing"),
    "menu.": [entry.key for entry in MENU],
    "kind.": [*BY_KIND, "field", "column"],
    "figure.": get_args(Shown),
    "mark.": get_args(view.MarkState),
    "state.": get_args(alerts.AlertState),
    "verdict.": get_args(alerts.Verdict),
    "backtest.": (
        "firing",
        "recovering",
        "pending",
        "clear",
        "no_data",
        "not_judged",
        "mode_then",
        "mode_now",
        "mode_both",
    ),
    "changes.how.": get_args(How),
    "changes.effect.": get_args(effects.How),
    "changes.state.": get_args(State),
    "changes.plan.": ("planned", "released", "cancelled", "refused"),
    "backtest.notice.": get_args(NoticeKind),
    "backtest.only.": ("then", "now"),
    "calendar.state.": ("official", "imported", "predicted", "plain"),
    "calendar.kind.": ("off", "make_up", "ordinary", "weekend"),
    "calendar.weekday.": range(7),
    "judged.": ("holds", "clear", "no_data"),
    "notice.": get_args(alerts.Notice),
    "delivery.": get_args(alerts.DeliveryState),
    "said.": get_args(view.Answer),
    "answered.": [kind for kind in get_args(view.Answer) if kind != "none"],
    "answer.": ["seen", "reason", "support", "needs_reason", "needs_support", "needs_day"],
    "flash.": FLASHES,
    "weekday.": range(7),
    "role.": ["seller", "manager", "director", "author", "it", "harbour"],
    "calibration.": ["meeting", "alert", "asked"],
    "chat.": ["group", "private"],
    "alerts.": ["open", "closed"],
    "board.": ["above", "below_target", "ahead", "behind"],
    "editor.step.": ("edit", "remove", "discard", "keep", "release", "plan", "cancel"),
    "editor.in.": LANGS,
    "field.": KEYS,
    "error.": ["not_found", "forbidden", "stale", "said", "unreadable", "not_allowed", "sign_in", "broken"],
}
"""Keys that are put together: the part before, and every part after that can come."""


def names(text: str | dict[str, str]) -> set[str]:
    texts = text.values() if isinstance(text, dict) else [text]
    return {name for each in texts for _, name, _, _ in Formatter().parse(each) if name}


def used_keys() -> set[str]:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (*TEMPLATES, *ADMIN.glob("pages/*.py")))
    found = set(re.findall(r"\bt\('([^']+)'(?! ~)", source))
    for one, other in re.findall(r"\bt\('([^']+)' if [^)]*? else '([^']+)'", source):
        found |= {one, other}
    return found


def test_both_languages_have_the_same_keys():
    assert set(catalogue("zh")) == set(catalogue("en"))


@pytest.mark.parametrize("key", sorted(catalogue("en")))
def test_both_languages_name_the_same_values(key):
    assert names(catalogue("zh")[key]) == names(catalogue("en")[key])


@pytest.mark.parametrize("key", sorted(used_keys()))
def test_every_key_that_a_template_uses_exists(key):
    assert key in catalogue("zh")


@pytest.mark.parametrize(("family", "members"), FAMILIES.items())
def test_every_key_that_is_put_together_exists(family, members):
    missing = [f"{family}{member}" for member in members if f"{family}{member}" not in catalogue("zh")]

    assert not missing


def test_every_family_in_the_templates_is_listed_here():
    source = "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES)

    assert set(re.findall(r"\bt\('([a-z_]+\.)' ~", source)) <= set(FAMILIES)


def test_nothing_in_the_catalogue_is_left_over():
    reachable = used_keys() | {f"{family}{member}" for family, members in FAMILIES.items() for member in members}
    reachable |= {f"{key}.words" for key in reachable if key.startswith("error.")}
    reachable |= {f"{key}.asks" for key in reachable if key.startswith("role.")} | {"yes", "no"}
    given = {key for key in catalogue("en") if key not in reachable and not mentioned(key)}

    assert not given


def mentioned(key: str) -> bool:
    return any(f"'{key}'" in path.read_text(encoding="utf-8") for path in TEMPLATES)


def test_one_and_many_differ_in_english():
    assert say("en", "mark.firing", n=1, needed=3) == "1 day in a row, may need support"
    assert say("en", "mark.firing", n=3, needed=3) == "3 days in a row, may need support"


@pytest.mark.parametrize("path", TEMPLATES, ids=[path.name for path in TEMPLATES])
def test_a_template_holds_no_text_of_its_own(path):
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"[\u4e00-\u9fff]", source)
    source = re.sub(r"\{% block (?:body_data|theme) %\}.*?\{% endblock %\}", " ", source)
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.S)
    bare = re.sub(r"<[^>]*>", " ", bare, flags=re.S)
    words = set(re.findall(r"[A-Za-z]{2,}", bare)) - {"PDF", "YAML"}

    assert not words


@pytest.mark.parametrize("path", TEMPLATES, ids=[path.name for path in TEMPLATES])
def test_a_template_holds_no_inline_script_or_style(path):
    assert not re.search(
        r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)|\|safe\b", path.read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("path", sorted((ADMIN / "static/js").glob("*.js")), ids=lambda path: path.name)
def test_a_script_never_sets_raw_html_and_holds_no_text(path):
    source = path.read_text(encoding="utf-8")

    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source)
    assert not re.search(r"[\u4e00-\u9fff]", source)


@pytest.mark.parametrize("path", sorted((ADMIN / "static/css").glob("*.css")), ids=lambda path: path.name)
def test_colours_are_named_in_one_place_only(path):
    if path.name == "tokens.css":
        return
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsl", path.read_text(encoding="utf-8"))
