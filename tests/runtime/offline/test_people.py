"""People from a file: who they are, and where they belong since when."""

from datetime import date
from pathlib import Path

import pytest

from connectors.sources.protocol import RawRow
from runtime.offline.people import organised, people_of
from schema_defs.errors import AuthorError
from schema_defs.loader import load_path
from schema_defs.organisation import PeopleMap
from schema_defs.release import Release

COLUMNS = PeopleMap(key="id", label="name", region="region", manager="boss", roles="roles")


def rows(*values: dict[str, object]) -> list[RawRow]:
    return [RawRow(line, row) for line, row in enumerate(values, 2)]


def test_a_row_is_a_person() -> None:
    (person,) = people_of(
        rows({"id": "s01", "name": "张三", "region": "east", "boss": "m01", "roles": "seller; manager"}),
        COLUMNS,
        Release(),
    )
    assert (person.key, person.label, person.region, person.manager, person.roles) == (
        "s01",
        "张三",
        "east",
        "m01",
        ("seller", "manager"),
    )


def test_what_is_empty_takes_the_default() -> None:
    (person,) = people_of(rows({"id": 7.0, "name": "", "region": None}), COLUMNS, Release())
    assert (person.key, person.label, person.region, person.roles) == ("7", None, None, ("seller",))


def test_dated_rows_are_one_persons_regions_in_time() -> None:
    columns = PeopleMap(key="id", region="region", from_="since")
    (person,) = people_of(
        rows(
            {"id": "s01", "region": "east", "since": "2025-01-01"}, {"id": "s01", "region": "west", "since": "2026/3/1"}
        ),
        columns,
        Release(),
    )
    assert [(stay.region, stay.from_) for stay in person.region or ()] == [
        ("east", date(2025, 1, 1)),
        ("west", date(2026, 3, 1)),
    ]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (({"id": ""},), "line 2, id: is empty"),
        (({"id": "s01"}, {"id": "s01"}), "the person 's01' stands in line 2 and in line 3"),
        (({"id": "s01", "left": "03/04/2026"},), "line 2, left: the date '03/04/2026' is ambiguous"),
    ],
)
def test_a_row_that_cannot_be_a_person_is_refused_with_its_line(
    values: tuple[dict[str, object], ...], reason: str
) -> None:
    with pytest.raises(AuthorError, match=reason):
        people_of(rows(*values), PeopleMap(key="id", left="left"), Release())


def test_a_file_beside_the_document(tmp_path: Path) -> None:
    (tmp_path / "org").mkdir()
    document = "kind: organisation\nname: company\nregions: [{key: east}]\npeople_from: {file: people.csv, map: {key: id, region: area}}\n"
    (tmp_path / "org" / "company.yaml").write_text(document, encoding="utf-8")
    (tmp_path / "org" / "people.csv").write_text("id,area\ns01,east\n", encoding="utf-8")
    org = organised(load_path(tmp_path), {})
    assert org.region_of("s01", date(2026, 3, 2)) == "east"


def test_a_file_beside_the_document_is_found_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "conf" / "org").mkdir(parents=True)
    document = "kind: organisation\nname: company\npeople_from: {file: people.csv, map: {key: id}}\n"
    (tmp_path / "conf" / "org" / "company.yaml").write_text(document, encoding="utf-8")
    (tmp_path / "conf" / "org" / "people.csv").write_text("id\ns01\n", encoding="utf-8")
    for place, path in ((tmp_path, "conf"), (tmp_path / "conf", "."), (tmp_path / "conf" / "org", "company.yaml")):
        monkeypatch.chdir(place)
        assert organised(load_path(Path(path)), {}).person("s01") is not None


def test_without_the_people_nobody_is_known(tmp_path: Path) -> None:
    document = (
        "kind: organisation\nname: company\nregions: [{key: east}]\npeople_from: {data: people, map: {key: id}}\n"
    )
    (tmp_path / "company.yaml").write_text(document, encoding="utf-8")
    loaded = load_path(tmp_path)
    assert organised(loaded, {}).people() == ()
    assert [person.key for person in organised(loaded, {"people": rows({"id": "s01"})}).people()] == ["s01"]
