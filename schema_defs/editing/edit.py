"""`edit`: a document's text with one value set or removed."""

from collections.abc import Iterator
from typing import Final, TypeAlias

from schema_defs.editing import apply
from schema_defs.editing.json_spans import json_spans
from schema_defs.editing.plain import Value, is_json, plain_of, read, same
from schema_defs.editing.spans import ListSpan, MapSpan, Span
from schema_defs.editing.yaml_spans import yaml_spans
from schema_defs.errors import UsageError
from schema_defs.text import Said

Path: TypeAlias = tuple[str | int, ...]


class Remove:
    """Stands for a value that is to go."""


REMOVE: Final = Remove()
Step: TypeAlias = "tuple[Path, Value | Remove]"


class EditError(UsageError):
    """The value cannot be changed there without touching other lines; the text itself must be changed."""


def edit(text: str, path: Path, value: "Value | Remove", *, file: str = "document.yaml") -> str:
    """The text with the value at `path` set, added or removed; parts above that are missing are made, a list grows at its end.

    Every other line stays as it is, to the byte. Raises EditError when the text cannot be read, or would not read back as
    the same document with that value set.
    """
    before = _plain(text, file)
    wanted = _set(before, path, value)
    steps = [(path, value)] if isinstance(value, Remove) else _steps(before, wanted, ())
    for step, new in steps if not same(before, wanted) else ():
        text = _one(text, step, new, file)
    if not same(_plain(text, file), wanted):
        raise EditError(_cannot(path))
    return text


def _plain(text: str, file: str) -> Value:
    found, issues = read(text, file)
    if found is None or issues:
        raise EditError(_unreadable(issues[0].line if issues else 1))
    return plain_of(found)


def _set(old: Value, path: Path, value: "Value | Remove") -> Value:
    """The plain value with another one at the path."""
    if not path:
        return old if isinstance(value, Remove) else value
    key, rest = path[0], path[1:]
    if isinstance(key, int):
        items = list(old) if isinstance(old, list) else []
        return _set_item(items, key, rest, value)
    entries = dict(old) if isinstance(old, dict) else {}
    if isinstance(value, Remove) and (not rest or key not in entries):
        entries.pop(key, None)
        return entries if isinstance(old, dict) else old
    entries[key] = _set(entries.get(key), rest, value)
    return entries


def _set_item(items: list[Value], at: int, rest: Path, value: "Value | Remove") -> Value:
    if isinstance(value, Remove) and (not rest or at >= len(items)):
        del items[at : at + 1]
        return items
    if at >= len(items):
        return [*items, _set(None, rest, value)]
    items[at] = _set(items[at], rest, value)
    return items


def _steps(old: Value, new: Value, path: Path) -> Iterator[Step]:
    """The smallest changes that lead from one to the other; what goes is gone last, from the end."""
    if same(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict) and old and new:
        for key, value in new.items():
            yield from _steps(old[key], value, (*path, key)) if key in old else iter([((*path, key), value)])
        yield from (((*path, key), REMOVE) for key in old if key not in new)
    elif isinstance(old, list) and isinstance(new, list) and old and new:
        yield from _steps_of_list(old, new, path)
    else:
        yield path, new


def _steps_of_list(old: list[Value], new: list[Value], path: Path) -> Iterator[Step]:
    """Items before and behind those that differ are kept as they are."""
    first = next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if not same(one, other)),
        min(len(old), len(new)),
    )
    if len(new) < len(old) and same(old[len(old) - len(new) + first :], new[first:]):
        yield from (((*path, first), REMOVE) for _ in range(len(old) - len(new)))
        return
    for at in range(first, len(new)):
        yield from _steps(old[at], new[at], (*path, at)) if at < len(old) else iter([((*path, at), new[at])])
    yield from (((*path, at), REMOVE) for at in reversed(range(len(new), len(old))))


def _one(text: str, path: Path, value: "Value | Remove", file: str) -> str:
    as_json = is_json(file)
    span: Span = json_spans(text) if as_json else yaml_spans(text)
    parent: MapSpan | ListSpan | None = None
    for step in path[:-1]:
        span = _inside(span, step)
    if not path:
        return apply.replace(text, span, None, _given(value), as_json=as_json)
    parent, last = _container(span), path[-1]
    keys: list[str | int] = [*(parent.entries if isinstance(parent, MapSpan) else range(len(parent.items)))]
    if last in keys:
        if isinstance(value, Remove):
            return apply.remove(text, parent, keys.index(last), as_json=as_json)
        return apply.replace(text, _inside(parent, last), parent, value, as_json=as_json)
    return apply.add(text, parent, last if isinstance(last, str) else None, _given(value), as_json=as_json)


def _inside(span: Span, step: str | int) -> Span:
    if isinstance(span, MapSpan):
        return span.entries[str(step)].value
    return _container(span).items[int(step)]  # type: ignore[union-attr]  # the steps come from the text itself


def _container(span: Span) -> MapSpan | ListSpan:
    assert isinstance(span, MapSpan | ListSpan)
    return span


def _given(value: "Value | Remove") -> Value:
    assert not isinstance(value, Remove)
    return value


def _unreadable(line: int) -> Said:
    return Said(
        zh=f"文本第 {line} 行附近还不能读取；请先在 YAML 中改正，再用表单修改",
        en=f"the text cannot be read yet, near line {line}; mend it as YAML first, then use the form",
    )


def _cannot(path: Path) -> Said:
    place = ".".join(map(str, path))
    return Said(
        zh=f"'{place}' 的写法不能由表单修改；请直接改 YAML",
        en=f"'{place}' is written in a way that the form cannot change; change it in the YAML",
    )
