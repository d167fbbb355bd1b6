"""`dataset`: a table of facts and its typed columns."""

from collections.abc import Iterator
from typing import Literal

from schema_defs.base import Currency, Document, Expr, Fault, Key, Name, Part
from schema_defs.nearest import did_you_mean
from schema_defs.text import Said, Text

FieldType = Literal[
    "text", "choice", "number", "money", "percent", "boolean", "date", "datetime", "person", "region", "customer"
]


Attribution = Literal["at_time", "now"]


class Field(Part, frozen=True, kw_only=True):
    """One typed column. `choices` belong to `choice`, `currency` to `money`; `visible_to` names the roles that may see it."""

    type: FieldType
    label: Text | None = None
    choices: tuple[Key, ...] = ()
    default: str | float | bool | None = None
    currency: Currency | None = None
    visible_to: tuple[Name, ...] = ()
    unit: Text | None = None

    def faults(self) -> Iterator[Fault]:
        if self.type == "choice" and not self.choices:
            yield _no_choices(("choices",))
        if self.choices and self.type == "choice" and self.default is not None and self.default not in self.choices:
            yield Fault(
                path=("default",),
                code="default-not-a-choice",
                message=Said(
                    zh=f"默认值 '{self.default}' 不在可选值中：{', '.join(self.choices)}",
                    en=f"the default '{self.default}' is none of the choices: {', '.join(self.choices)}",
                ),
                suggestion=did_you_mean(str(self.default), self.choices),
            )


class Credit(Part, frozen=True, kw_only=True):
    """Split credit: the fields that hold the people of a record and their shares."""

    people: Name
    share: Name


class Returns(Part, frozen=True, kw_only=True):
    """Which rows are returns, and the fields that hold the key of the record that came back, in the order of the dataset's key."""

    when: Expr
    of: Name | tuple[Name, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.of,) if isinstance(self.of, str) else self.of


class Dataset(Document, frozen=True, kw_only=True, tag="dataset", tag_field="kind"):
    """`key` names the fields that identify a record, `time` the one that dates it, `owner` and `region` whose it is."""

    key: Name | tuple[Name, ...]
    time: Name
    fields: dict[Name, FieldType | Field]
    owner: Name | Credit | None = None
    region: Name | None = None
    attribution: Attribution = "at_time"
    void: Expr | None = None
    returns: Returns | None = None

    @property
    def key_fields(self) -> tuple[str, ...]:
        return (self.key,) if isinstance(self.key, str) else self.key

    def field(self, name: str) -> Field:
        """The field with its short form written out."""
        found = self.fields[name]
        return Field(type=found) if isinstance(found, str) else found

    def faults(self) -> Iterator[Fault]:
        for name, field in self.fields.items():
            if field == "choice":
                yield _no_choices(("fields", name))
        for place, name, wanted in self._references():
            if name not in self.fields:
                yield _unknown_field(place, name, self.fields)
            elif wanted and self.field(name).type not in wanted:
                yield _wrong_type(place, name, self.field(name).type, wanted)
        if self.returns is not None:
            yield from self._faults_of_returns(self.returns)

    def _faults_of_returns(self, returns: Returns) -> Iterator[Fault]:
        keys = self.key_fields
        if len(returns.fields) != len(keys):
            yield _not_the_key(keys)
            return
        for place, name, key in zip(_places("of", returns.of), returns.fields, keys, strict=True):
            if name == key:
                yield _returns_itself(("returns", *place), name)
            elif {name, key} <= set(self.fields) and self.field(name).type not in _alike(self.field(key).type):
                yield _wrong_type(("returns", *place), name, self.field(name).type, _alike(self.field(key).type))

    def _references(self) -> Iterator[tuple[tuple[str | int, ...], str, tuple[str, ...]]]:
        for place, name in zip(_places("key", self.key), self.key_fields, strict=True):
            yield place, name, ()
        if self.returns is not None:
            for place, name in zip(_places("of", self.returns.of), self.returns.fields, strict=True):
                yield ("returns", *place), name, ()
        yield ("time",), self.time, ("date", "datetime")
        if isinstance(self.owner, Credit):
            yield ("owner", "people"), self.owner.people, ()
            yield ("owner", "share"), self.owner.share, ()
        elif self.owner is not None:
            yield ("owner",), self.owner, ("person",)
        if self.region is not None:
            yield ("region",), self.region, ("region",)


def _places(key: str, given: str | tuple[str, ...]) -> list[tuple[str | int, ...]]:
    """Where each of the names is written."""
    return [(key,)] if isinstance(given, str) else [(key, position) for position in range(len(given))]


def _alike(of: FieldType) -> tuple[FieldType, ...]:
    """The types whose values can equal one of the type."""
    return next((some for some in _SAME_VALUES if of in some), (of,))


_SAME_VALUES: tuple[tuple[FieldType, ...], ...] = (
    ("text", "choice", "person", "region", "customer"),
    ("number", "money", "percent"),
)


def _not_the_key(key: tuple[str, ...]) -> Fault:
    return Fault(
        path=("returns", "of"),
        code="returns-not-the-key",
        message=Said(
            zh=f"returns.of 要写出原始记录的完整键，与 key 一一对应：{', '.join(key)}（{len(key)} 个字段）",
            en=f"returns.of names the whole key of the original record, field by field as in key: {', '.join(key)} ({len(key)} of them)",
        ),
        suggestion=Said(
            zh=f"例如 of: [{', '.join(f'original_{name}' for name in key)}]",
            en=f"for example of: [{', '.join(f'original_{name}' for name in key)}]",
        ),
    )


def _returns_itself(path: tuple[str | int, ...], name: str) -> Fault:
    return Fault(
        path=path,
        code="returns-itself",
        message=Said(
            zh=f"'{name}' 是记录自己的键；returns.of 需要保存原始记录键的字段",
            en=f"'{name}' is the record's own key; returns.of needs a field that holds the original record's key",
        ),
        suggestion=Said(
            zh=f"增加一个字段，例如 original_{name}，并写在 of 中",
            en=f"add a field such as original_{name} and name it in of",
        ),
    )


def _no_choices(path: tuple[str, ...]) -> Fault:
    return Fault(
        path=path,
        code="missing-choices",
        message=Said(zh="选项字段没有列出可选值", en="a choice field lists no choices"),
        suggestion=Said(zh="写成 {type: choice, choices: [A, B]}", en="write {type: choice, choices: [A, B]}"),
    )


def _unknown_field(path: tuple[str | int, ...], name: str, fields: dict[str, FieldType | Field]) -> Fault:
    known = ", ".join(fields)
    return Fault(
        path=path,
        code="unknown-field",
        message=Said(
            zh=f"没有字段 '{name}'；已有字段：{known}", en=f"there is no field '{name}'; the fields are: {known}"
        ),
        suggestion=did_you_mean(name, fields),
    )


def _wrong_type(path: tuple[str | int, ...], name: str, given: str, wanted: tuple[str, ...]) -> Fault:
    allowed = " / ".join(wanted)
    return Fault(
        path=path,
        code="wrong-field-type",
        message=Said(
            zh=f"字段 '{name}' 的类型是 {given}，这里需要 {allowed}",
            en=f"the field '{name}' is of type {given}, but {allowed} is needed here",
        ),
        suggestion=Said(
            zh=f"把字段 '{name}' 的类型改为 {wanted[0]}，或换一个字段",
            en=f"make the field '{name}' of type {wanted[0]}, or name another field",
        ),
    )
