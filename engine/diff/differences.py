"""Where two values of one type differ: structs key by key, lists by what identifies their items."""

from collections.abc import Iterator
from typing import Any

import msgspec

Path = tuple[str | int, ...]
IDENTITIES = ("key", "name", "metric", "section")
"""The keys by which an item of a list is recognised after it moved."""

ORDER = "order"
"""The last step of a difference that is about the order of items only."""


class Difference(msgspec.Struct, frozen=True):
    """What stands at `path` before and after; None is nothing."""

    path: Path
    before: Any
    after: Any


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Difference]:
    """The smallest differences, in the order of the keys."""
    if before == after:
        return
    if isinstance(before, msgspec.Struct) and type(before) is type(after):
        for field in msgspec.structs.fields(before):
            was, is_ = getattr(before, field.name), getattr(after, field.name)
            yield from differences(was, is_, (*path, field.encode_name))
    elif isinstance(before, dict) and isinstance(after, dict):
        yield from _by_key(before, after, path)
    elif isinstance(before, tuple) and isinstance(after, tuple) and _has_parts(before) and _has_parts(after):
        yield from _by_key(_identified(before), _identified(after), path)
        if _identities(before) != _identities(after) and set(_identities(before)) == set(_identities(after)):
            yield Difference((*path, ORDER), _identities(before), _identities(after))
    else:
        yield Difference(path, before, after)


def _by_key(before: dict[Any, Any], after: dict[Any, Any], path: Path) -> Iterator[Difference]:
    for key in dict.fromkeys((*before, *after)):
        step = key if isinstance(key, int) else str(key)
        yield from differences(before.get(key), after.get(key), (*path, step))


def _has_parts(items: tuple[Any, ...]) -> bool:
    return bool(items) and all(isinstance(item, msgspec.Struct) for item in items)


def _identified(items: tuple[Any, ...]) -> dict[str | int, Any]:
    """The items by their identity; by their place where that is missing or not unique."""
    names = _identities(items)
    return dict(zip(names, items, strict=True)) if len(set(names)) == len(items) else dict(enumerate(items))


def _identities(items: tuple[Any, ...]) -> tuple[str | int, ...]:
    return tuple(_identity(item) or i for i, item in enumerate(items))


def _identity(item: Any) -> str | None:
    return next((found for name in IDENTITIES if isinstance(found := getattr(item, name, None), str)), None)
