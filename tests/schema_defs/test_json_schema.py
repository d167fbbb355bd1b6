"""The JSON Schema accepts what the loader accepts, and names what it does not."""

import json
import os
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from schema_defs.json_schema import schema_of, schema_of_any
from schema_defs.loader import load_text
from schema_defs.loader.folder import document_files
from schema_defs.release import BY_KIND

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "docs" / "schemas"
ANY = Draft202012Validator(schema_of_any())


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    for folder in ("example", "reference", "harbour", "adventureworks"):
        for path in document_files(ROOT / "config" / folder):
            for document in YAML(typ="safe", pure=True).load_all(path.read_text(encoding="utf-8")):
                yield f"{path.name}:{document.get('name', document['kind'])}", _plain(document)


def _plain(value: Any) -> Any:
    """Dates as the text that they are in our documents."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


@pytest.mark.parametrize("kind", BY_KIND)
def test_every_kind_has_a_valid_schema(kind: str) -> None:
    Draft202012Validator.check_schema(schema_of(BY_KIND[kind]))


@pytest.mark.parametrize(("place", "document"), [pytest.param(*each, id=each[0]) for each in documents()])
def test_the_shipped_documents_hold_for_the_schema(place: str, document: dict[str, Any]) -> None:
    assert [error.message for error in ANY.iter_errors(document)] == []
    one = Draft202012Validator(schema_of(BY_KIND[document["kind"]]))
    assert one.is_valid(document)


@pytest.mark.parametrize(("place", "document"), [pytest.param(*each, id=each[0]) for each in documents()])
def test_a_document_is_the_same_in_yaml_and_in_json(place: str, document: dict[str, Any]) -> None:
    yaml = load_text(_yaml(document), "one.yaml")
    json_ = load_text(json.dumps(document, ensure_ascii=True, indent="\t"), "one.json")
    assert yaml.issues == json_.issues == ()
    assert yaml.release == json_.release


def _yaml(document: dict[str, Any]) -> str:
    stream = StringIO()
    YAML(typ="safe", pure=True).dump(document, stream)
    return stream.getvalue()


BROKEN: dict[str, dict[str, Any]] = {
    "no kind": {"name": "x"},
    "unknown kind": {"kind": "metrik", "name": "x"},
    "unknown key": {"kind": "message", "name": "x", "title": "t", "body": "b", "colour": "red"},
    "missing key": {"kind": "message", "name": "x", "title": "t"},
    "bad name": {"kind": "message", "name": "a b", "title": "t", "body": "b"},
    "name with a digit first": {"kind": "message", "name": "2a", "title": "t", "body": "b"},
    "wrong type": {"kind": "message", "name": "x", "title": 3, "body": "b"},
    "not allowed": {"kind": "metric", "name": "x", "aggregate": "median"},
    "out of range": {"kind": "rule", "name": "x", "when": "a < 1", "for": 0},
    "wrong format": {"kind": "calendar", "day_closes": "6pm"},
    "percent in words": {"kind": "plan", "name": "x", "metric": "m", "value": "45 percent"},
    "language unknown": {"kind": "message", "name": "x", "title": {"fr": "t"}, "body": "b"},
    "unknown part key": {"kind": "rule", "name": "x", "when": "a < 1", "on_fire": [{"tell": "manager"}]},
    "date": {"kind": "calendar", "holidays": ["1 May"]},
}


@pytest.mark.parametrize("case", BROKEN)
def test_schema_and_loader_refuse_the_same(case: str) -> None:
    assert not ANY.is_valid(BROKEN[case])
    assert load_text(json.dumps(BROKEN[case]), "broken.json").has_errors


ACCEPTED: dict[str, dict[str, Any]] = {
    "percent text": {"kind": "plan", "name": "x", "metric": "m", "year": 2026, "value": "45%"},
    "number": {"kind": "plan", "name": "x", "metric": "m", "year": 2026, "value": 0.45},
    "Chinese name": {"kind": "message", "name": "签约_2", "title": "t", "body": "b"},
    "plain expression": {"kind": "metric", "name": "x", "dataset": "d", "aggregate": "sum", "value": 1, "where": True},
    "short and long fields": {
        "kind": "dataset", "name": "x", "key": "a", "time": "b", "fields": {"a": "text", "b": {"type": "date"}},
    },
}  # fmt: skip


@pytest.mark.parametrize("case", ACCEPTED)
def test_schema_and_loader_accept_the_same(case: str) -> None:
    assert [error.message for error in ANY.iter_errors(ACCEPTED[case])] == []
    assert load_text(json.dumps(ACCEPTED[case]), "good.json").issues == ()


def _written() -> dict[str, dict[str, Any]]:
    kinds = {f"documents/{kind}.json": schema_of(made) for kind, made in BY_KIND.items()}
    return {"documents/any.json": schema_of_any(), **kinds}


@pytest.mark.parametrize("name", _written())
def test_the_written_schema_is_the_present_one(name: str) -> None:
    """`DUIQI_WRITE_GOLDEN=1` writes the files anew."""
    text = json.dumps(_written()[name], ensure_ascii=False, indent=2) + "\n"
    path = SCHEMAS / name
    if os.environ.get("DUIQI_WRITE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
