"""The Jinja environment of the pages: autoescape, no silent holes, numbers and texts in the reader's language."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup, escape

from admin import assets, draw
from admin.catalogue import say
from admin.kept import Kept
from admin.markdown import markdown
from runtime import wording as fmt
from runtime.board.calendar_page import HOLIDAY_NAMES
from runtime.board.targets import TargetRow, TargetsView
from runtime.board.view import Column, Row, TableSection
from runtime.board.workbench import DocumentLine
from schema_defs.metric import Format
from schema_defs.text import Lang, Said, Text, pick

YAML_LINE = re.compile(r"^(\s*(?:- )?)([\w.]+(?=:))?([^#]*?)(#.*)?$")
TEMPLATES = Path(__file__).parent / "templates"


class Compiled(BytecodeCache):
    """Templates are compiled once per process, however many applications it makes."""

    def __init__(self) -> None:
        self._found: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._found:
            bucket.bytecode_from_string(self._found[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._found[bucket.key] = bucket.bytecode_to_string()


_COMPILED = Compiled()


def make_environment(kept: Kept) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        bytecode_cache=_COMPILED,
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    environment.tests["kind"] = _is_kind
    environment.globals.update(
        t=_t,
        asset=assets.address,
        scripts=assets.SCRIPTS,
        bar=draw.bar,
        spark=draw.spark,
        scale_of=_scale_of,
        kept=kept.part,
    )
    return environment


def _lang(context: Context) -> Lang:
    lang: Lang = context["lang"]
    return lang


@pass_context
def _t(context: Context, key: str, /, **values: Any) -> str:
    return say(_lang(context), key, **values)


@pass_context
def _holiday(context: Context, name: str) -> str:
    """What a day off is called, for a reader of the other language too."""
    return _ENGLISH_NAMES.get(name, name) if _lang(context) == "en" else name


_ENGLISH_NAMES = {zh: en for en, zh in HOLIDAY_NAMES.items()}


@pass_context
def _text(context: Context, text: Text | Said | None, fallback: str = "") -> str:
    """An author's text, or one of ours, in the reader's language."""
    if isinstance(text, Said):
        return text.in_(_lang(context))
    return pick(text, _lang(context), fallback)


@pass_context
def _scale_of(context: Context, values: Any, form: Format, currency: str | None = None) -> fmt.Scale:
    return fmt.scale_of(list(values), form, _lang(context), currency)


@pass_context
def _amount(
    context: Context, value: float | None, form: Format, currency: str | None = None, sign: bool = False
) -> str:
    return fmt.amount(value, form, _lang(context), currency, sign=sign)


@pass_context
def _points(context: Context, value: float | None) -> str:
    return fmt.points(value, _lang(context))


@pass_context
def _day(context: Context, value: date | None, weekday: bool = False, year: bool = False) -> str:
    return fmt.day(value, _lang(context), weekday=weekday, year=year)


@pass_context
def _moment(context: Context, value: datetime | None, weekday: bool = False) -> str:
    return fmt.moment(value, _lang(context), weekday=weekday)


@pass_context
def _month(context: Context, value: str, year: bool = True) -> str:
    return fmt.month(value, _lang(context), year=year)


@pass_context
def _shown(context: Context, value: Any, kind: str, currency: str | None = None) -> str:
    """A record's value as its field's type is written; amounts in full, down to the cent."""
    lang = _lang(context)
    if value is None:
        return ""
    if isinstance(value, bool):
        return say(lang, "yes" if value else "no")
    if isinstance(value, Mapping):
        return pick(dict(value), lang)
    if isinstance(value, int | float):
        return fmt.percent(value) if kind == "percent" else fmt.decimal(value, 2 if kind == "money" else _places(value))
    return str(value)


def _places(value: float) -> int:
    return 0 if float(value).is_integer() else 2


def _is_kind(value: object, name: str) -> bool:
    """`section is kind('table')`: by the struct's tag."""
    return isinstance(value, msgspec.Struct) and value.__struct_config__.tag == name


@pass_context
def _scales(context: Context, section: TableSection) -> list[fmt.Scale]:
    """One scale a column, from all its rows."""
    return [
        fmt.scale_of(
            [number for row in section.rows for number in (row.cells[index].actual, row.cells[index].target)],
            column.format,
            _lang(context),
            column.currency,
        )
        for index, column in enumerate(section.columns)
    ]


def _sum_shown(columns: Collection[Column]) -> int:
    return sum(len(column.shown) for column in columns)


def _is_deep(rows: Iterable[Row | TargetRow]) -> bool:
    """Whether regions stand below regions, so that those above are set apart."""
    return any(row.scope == "region" and row.level > 1 for row in rows)


@pass_context
def _target_scale(context: Context, view: TargetsView) -> fmt.Scale:
    """One scale for the whole split: of its largest month, so that the months compare."""
    months = [value for row in view.rows for value in row.months]
    return fmt.scale_of(months, view.format, _lang(context), view.currency)


class Group(msgspec.Struct, frozen=True):
    """An area and the rows below it; without areas, all rows under no head."""

    head: Row | None
    rows: tuple[Row, ...]


def _groups(section: TableSection) -> list[Group]:
    """What the wall shows side by side: the rows below the top, by the row that holds them."""
    heads = [row for row in section.rows if row.level == 1]
    below = {head.id: tuple(row for row in section.rows if row.parent == head.id) for head in heads}
    if not any(below.values()):
        return [Group(None, tuple(heads))] if heads else []
    return [Group(head, below[head.id] or (head,)) for head in heads]


def _first_kind(sections: Iterable[object], name: str) -> object | None:
    return next((section for section in sections if _is_kind(section, name)), None)


def _grouped(documents: Iterable[DocumentLine], attribute: str) -> list[tuple[str, list[DocumentLine]]]:
    """Neighbours with the same attribute together, in the order in which they come."""
    return [(key, list(members)) for key, members in groupby(documents, key=lambda line: getattr(line, attribute))]


def _yaml(line: str) -> Markup:
    """One line of YAML with its key and comment marked."""
    found = YAML_LINE.match(line)
    if not found:
        return escape(line)
    before, key, value, comment = found.groups(default="")
    marked = (
        Markup('{}<span class="yaml-key">{}</span>{}').format(before, key, value) if key else escape(before + value)
    )
    return marked + (Markup('<span class="yaml-comment">{}</span>').format(comment) if comment else "")


def _opening(opened: Collection[str], row: Row) -> str:
    """The query that opens a row, or closes it."""
    keys = [key for key in opened if key != row.id] if row.open else [*opened, row.id]
    return urlencode({"opened": ",".join(keys)})


FILTERS = {
    "text": _text, "holiday": _holiday, "amount": _amount, "points": _points, "day": _day, "moment": _moment, "month": _month, "shown": _shown,
    "percent": fmt.percent, "share": fmt.share, "scaled": fmt.scaled, "clock": fmt.clock,
    "decimal": fmt.decimal, "size": fmt.size, "scales": _scales, "target_scale": _target_scale,
    "groups": _groups, "sum_shown": _sum_shown, "is_deep": _is_deep, "first_kind": _first_kind, "groupby_kept": _grouped, "yaml": _yaml, "opening": _opening, "markdown": markdown,
}  # fmt: skip
