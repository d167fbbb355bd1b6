"""Walks a node tree beside a shape, collects every problem, and builds the frozen struct when there is none."""

from typing import Any

import msgspec

from schema_defs.base import Part
from schema_defs.loader import leaves, wording
from schema_defs.loader.node import Mapping, Mark, Node, Scalar, Sequence, find
from schema_defs.loader.problems import Problems
from schema_defs.loader.shape import Shape, Slot, StructShape
from schema_defs.text import Said


class _Invalid:
    """Stands for a value that was reported."""


INVALID = _Invalid()


class Walk:
    """One document's walk. `clean` is False once a value, and not only a key, did not fit."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._path: list[str | int] = []
        self.clean = True

    def struct(self, node: Mapping, shape: StructShape) -> Any:
        """The struct; values that do not fit are replaced by their defaults, and without one the result is `INVALID`."""
        was_clean, self.clean = self.clean, True
        mistyped = self._report_unknown(node, shape)
        values: dict[str, Any] = {}
        for key, slot in shape.slots.items():
            values[slot.attribute] = self._slot(node, key, slot, told=key in mistyped)
        built: Any = INVALID
        if not any(value is INVALID for value in values.values()):
            built = shape.made(**values)
            if self.clean and not mistyped:
                self._faults(node, built)
        self.clean = self.clean and was_clean
        return built

    def _report_unknown(self, node: Mapping, shape: StructShape) -> set[str]:
        """Reports keys that the struct does not have; gives those that were probably meant."""
        meant: set[str] = set()
        known = ["kind", *shape.slots] if shape.tag else list(shape.slots)
        for key, entry in node.entries.items():
            if key not in known and key != "<<":
                near, message, suggestion = wording.unknown_key(key, known, set(node.entries))
                self._add("unknown-key", entry.mark, message, suggestion, (key,))
                meant.update([near] if near else [])
        return meant

    def _slot(self, node: Mapping, key: str, slot: Slot, *, told: bool) -> Any:
        entry = node.entries.get(key)
        if entry is None:
            if not slot.required:
                return slot.default()
            self.clean = False
            if not told:
                self._missing(node.mark, key, slot)
            return INVALID
        value = self._at(key, entry.value, slot.shape, entry.mark)
        return slot.default() if value is INVALID and not slot.required else value

    def _missing(self, mark: Mark, key: str, slot: Slot) -> None:
        needed = wording.allowed(slot.shape)
        self._add(
            "missing-key",
            mark,
            Said(zh=f"缺少 '{key}'（{needed.zh}）", en=f"'{key}' is missing ({needed.en})"),
            Said(zh=f"加上 {key}: …", en=f"add {key}: …"),
            (key,),
        )

    def _at(self, step: str | int, node: Node, shape: Shape, place: Mark) -> Any:
        self._path.append(step)
        value = self._value(node, shape, place)
        self._path.pop()
        if value is INVALID:
            self.clean = False
        return value

    def _value(self, node: Node, shape: Shape, place: Mark) -> Any:
        match node:
            case Scalar():
                return self._scalar(node, shape, place)
            case Sequence() if shape.items is not None:
                return self._sequence(node, shape.items)
            case Mapping() if shape.struct is not None:
                return self.struct(node, shape.struct)
            case Mapping() if shape.entries is not None:
                return self._entries(node, *shape.entries)
        return self._wrong_type(node, shape, place)

    def _scalar(self, node: Scalar, shape: Shape, place: Mark) -> Any:
        if node.kind == "refused":
            return INVALID
        if node.kind == "null" and shape.null:
            return None
        fitting = [leaf for leaf in shape.leaves if leaves.fits(leaf, node)]
        if not fitting:
            return self._wrong_type(node, shape, node.mark if node.text else place)
        for leaf in fitting[:-1]:
            try:
                return leaves.read(leaf, node, self._key())
            except leaves.Misfit:
                continue
        return self._leaf(fitting, node)

    def _leaf(self, fitting: list[Any], node: Scalar) -> Any:
        try:
            return leaves.read(fitting[-1], node, self._key())
        except leaves.Misfit as misfit:
            self._add(misfit.code, node.mark, misfit.message, misfit.suggestion)
            return INVALID

    def _sequence(self, node: Sequence, items: "Shape | tuple[Shape, ...]") -> Any:
        if isinstance(items, tuple) and len(items) != len(node.items):
            self._add(
                "wrong-length",
                node.mark,
                Said(
                    zh=f"'{self._key()}' 需要正好 {len(items)} 项，现有 {len(node.items)} 项",
                    en=f"'{self._key()}' takes exactly {len(items)} items, and has {len(node.items)}",
                ),
                Said(zh=f"写 {len(items)} 项", en=f"write {len(items)} items"),
            )
            return INVALID
        shapes = items if isinstance(items, tuple) else (items,) * len(node.items)
        values = [self._at(i, item, shapes[i], item.mark) for i, item in enumerate(node.items)]
        return INVALID if any(value is INVALID for value in values) else tuple(values)

    def _entries(self, node: Mapping, key_shape: Shape, value_shape: Shape) -> Any:
        values: dict[Any, Any] = {}
        broken = False
        for key, entry in node.entries.items():
            name = self._value(Scalar(entry.mark, key, "text"), key_shape, entry.mark)
            value = self._at(key, entry.value, value_shape, entry.mark)
            broken = broken or name is INVALID or value is INVALID
            if name is not INVALID:
                values[name] = value
        if broken:
            self.clean = False
            return INVALID
        return values

    def _wrong_type(self, node: Node, shape: Shape, place: Mark) -> _Invalid:
        self._add(
            "wrong-type",
            place,
            wording.wrong_type(self._key(), node, shape),
            wording.mend_type(self._key(), node, shape),
        )
        return INVALID

    def _faults(self, node: Mapping, built: msgspec.Struct) -> None:
        if not isinstance(built, Part):
            return
        for fault in built.faults():
            self.clean = False
            self._add(fault.code, find(node, fault.path), fault.message, fault.suggestion, fault.path)

    def _add(
        self, code: str, mark: Mark, message: Said, suggestion: Said | None = None, path: tuple[str | int, ...] = ()
    ) -> None:
        self._problems.add(code, mark, message, suggestion, path=written_path((*self._path, *path)))

    def _key(self) -> str:
        """The nearest key above the value, for messages."""
        return next((step for step in reversed(self._path) if isinstance(step, str)), "")


def written_path(path: tuple[str | int, ...]) -> str:
    """`("regions", 0, "parent")` as `regions[0].parent`."""
    written = ""
    for step in path:
        written += f"[{step}]" if isinstance(step, int) else f".{step}" if written else str(step)
    return written
