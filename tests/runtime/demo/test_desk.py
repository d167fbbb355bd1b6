"""The demo's ERP as a form: what one may see and change, and what a sync would say against it."""

from datetime import date

import msgspec
import pytest

from engine.org import org_of
from runtime.board.ids import id_of
from runtime.board.viewer import Viewer
from runtime.demo.desk import ErpDesk
from runtime.demo.erp import Erp
from runtime.demo.stage import REFERENCE, load_configuration
from runtime.releases.prepared import Prepared

DAY = date(2026, 6, 10)
ROW = {
    "order_number": "SO1", "line": 1, "order_date": "2026-06-09", "seller": "s19", "region": "hefei", "customer": "苏州铸造",
    "product": "备件包", "material_group": "A10", "quantity": 2, "status": "open", "amount": 1234.5678, "cost": 900.0,
}  # fmt: skip
KEY = id_of('["SO1",1]')


@pytest.fixture(scope="module")
def configured():
    release = load_configuration("reference").release
    return Prepared(REFERENCE, 1, release, org_of(release.organisation))


@pytest.fixture
def erp(tmp_path):
    erp = Erp(tmp_path)
    erp.write("order_lines", [ROW])
    return erp


@pytest.fixture
def desk(erp):
    return ErpDesk({REFERENCE: erp})


def viewer(role: str, person: str | None = None) -> Viewer:
    return Viewer(tenant=REFERENCE, account=role, person=person, name=role, roles=(role,), organisation="J")


SELLER, DIRECTOR = viewer("seller", "s19"), viewer("director", "director")


def written(erp: Erp) -> list[dict]:
    return [msgspec.json.decode(line) for line in (erp.folder / "order_lines-live.jsonl").read_bytes().splitlines()]


def test_a_change_is_a_new_row_with_everything_else_as_it_was(configured, desk, erp):
    assert desk.write(configured, DIRECTOR, DAY, "order_lines", KEY, {"material_group": "B10"})

    assert written(erp) == [ROW, ROW | {"material_group": "B10"}]
    assert desk.fields(configured, DIRECTOR, DAY, "order_lines", KEY)[7].raw == "B10"


def test_saving_without_a_change_writes_nothing(configured, desk, erp):
    shown = {each.field.name: each.raw for each in desk.fields(configured, DIRECTOR, DAY, "order_lines", KEY)}

    assert shown["amount"] == "1234.57"
    assert desk.write(configured, DIRECTOR, DAY, "order_lines", KEY, shown)
    assert written(erp) == [ROW]


def test_what_one_may_not_see_one_may_neither_read_nor_write(configured, desk, erp):
    fields = {each.field.name for each in desk.fields(configured, SELLER, DAY, "order_lines", KEY)}
    assert desk.write(configured, SELLER, DAY, "order_lines", KEY, {"cost": "1", "status": "cancelled"})

    assert "cost" not in fields
    assert "amount" in fields
    assert written(erp)[-1] == ROW | {"status": "cancelled"}


def test_the_key_of_a_row_stays(configured, desk, erp):
    desk.write(configured, DIRECTOR, DAY, "order_lines", KEY, {"order_number": "SO2", "line": "9", "quantity": "3"})

    assert written(erp)[-1] == ROW | {"quantity": 3.0}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"amount": "twelve"}, "amount"),
        ({"amount": "nan"}, "amount"),
        ({"amount": "1e999"}, "amount"),
        ({"order_date": "2026-02-30"}, "order_date"),
        ({"order_date": ""}, "order_date"),
        ({"status": "lost?"}, "status"),
    ],
)
def test_what_a_sync_would_not_take_is_not_written_and_told_at_its_field(configured, desk, erp, given, field):
    assert not desk.write(configured, DIRECTOR, DAY, "order_lines", KEY, given)

    fields = {each.field.name: each for each in desk.fields(configured, DIRECTOR, DAY, "order_lines", KEY, given)}
    assert written(erp) == [ROW]
    assert fields[field].raw == next(iter(given.values()))
    assert fields[field].error is not None
    assert [name for name, each in fields.items() if each.error] == [field]


@pytest.mark.parametrize("record", [id_of('["SO2",1]'), id_of('["SO1",2]'), "%%%", ""])
def test_a_row_that_is_not_there_cannot_be_edited(configured, desk, record):
    assert desk.fields(configured, DIRECTOR, DAY, "order_lines", record) is None
    assert not desk.write(configured, DIRECTOR, DAY, "order_lines", record, {"status": "cancelled"})


def test_the_newest_of_several_versions_is_shown(configured, desk, erp):
    erp.write("order_lines", [ROW | {"status": "shipped"}, ROW | {"order_number": "SO11", "status": "cancelled"}])

    fields = {each.field.name: each.raw for each in desk.fields(configured, DIRECTOR, DAY, "order_lines", KEY)}
    assert fields["status"] == "shipped"
