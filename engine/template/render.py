"""Rendering a template, and checking one before it is published."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from jinja2 import nodes

from engine.template.interpreter import Run
from engine.template.parse import found_in, parse, tree_of
from schema_defs.text import Lang, Said, Text, pick

PLAIN = (str, int, float, bool, Decimal, date, type(None))


def render(
    text: Text,
    context: Mapping[str, object],
    lang: Lang,
    escape: Callable[[str], str] = lambda value: value,
    *,
    currency: str = "CNY",
) -> str:
    """The text in `lang` with the context's values, each passed through `escape`, which makes it harmless in the
    channel's markup; amounts are in `currency` unless the template names another. The context holds dictionaries, lists, text, numbers, dates and None only (TypeError otherwise).
    Raises TemplateError for a template that is not allowed, names what is not there, or costs too much."""
    require_plain(context)
    tree = parse(pick(text, lang))
    return "".join(Run(lang, escape, currency).body(tree.body, context))


def check(text: Text, names: Collection[str] | None = None) -> list[tuple[int, Said]]:
    """Every problem that shows without values, as line (from 1) and message; with `names` also the names that are not
    among them. A text per language is checked in each, and the message says in which."""
    if isinstance(text, str):
        return check_one(text, names)
    found = []
    for lang, source in text.items():
        for line, said in check_one(source, names):
            found.append((line, Said(zh=f"[{lang}] {said.zh}", en=f"[{lang}] {said.en}")))
    return found


def check_one(source: str, names: Collection[str] | None) -> list[tuple[int, Said]]:
    found = [(problem.line, problem.plain) for problem in found_in(source)]
    if not found and names is not None:
        found = unknown_names(tree_of(source), names)
    return found


def unknown_names(tree: nodes.Template, names: Collection[str]) -> list[tuple[int, Said]]:
    """The names that are read and that neither the values nor a loop have."""
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"} | {"loop"}
    unknown = {
        node.name: node.lineno
        for node in tree.find_all(nodes.Name)
        if node.ctx == "load" and node.name not in own and node.name not in names
    }
    return [(line, no_name(name, names)) for name, line in unknown.items()]


def no_name(name: str, names: Collection[str]) -> Said:
    near = get_close_matches(name, names, n=1)
    if near:
        return Said(zh=f"没有 {name}；是否指 {near[0]}？", en=f"there is no {name}; did you mean {near[0]}?")
    known = ", ".join(sorted(names))
    return Said(zh=f"没有 {name}；可用：{known}", en=f"there is no {name}; there are {known}")


def require_plain(value: object) -> None:
    """Raises TypeError where the context holds anything but plain values; subclasses with behaviour are not plain."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping) and (one is value or type(one) is dict):
            waiting.extend(one.values())
        elif isinstance(one, list | tuple) and type(one) in (list, tuple):
            waiting.extend(one)
        elif not isinstance(one, PLAIN):
            raise TypeError(f"a template takes plain values only, not {type(one).__name__}")
