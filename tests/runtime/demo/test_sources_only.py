"""The demo only writes source records and moves the clock: numbers, alerts and messages are the product's own work."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

import runtime.demo
from runtime.alerts.rows import AlertRow, JudgedDayRow, ToldRow, TransitionRow
from runtime.board.ids import id_of
from runtime.board.viewer import Viewer
from runtime.clock import VirtualClock
from runtime.delivery.rows import DeliveryRow, NotificationRow
from runtime.demo.desk import ErpDesk
from runtime.demo.life import Life
from runtime.demo.stage import (
    HARBOUR,
    REFERENCE,
    START,
    load_configuration,
    older_months,
    open_tenants,
    set_stage,
    write_month,
    write_recent,
)
from runtime.meetings.rows import SnapshotRow
from runtime.numbers.rows import CellRow, DirtyRow, MovementRow
from runtime.records.rows import RecordRow
from runtime.releases.prepared import prepared
from runtime.settings import Settings
from runtime.start import opened
from runtime.tenancy import rows

PRODUCTS_OWN = (
    RecordRow, DirtyRow, CellRow, MovementRow, JudgedDayRow, AlertRow, TransitionRow, ToldRow, NotificationRow, DeliveryRow,
    SnapshotRow,
)  # fmt: skip
MODULES = sorted(Path(runtime.demo.__file__).parent.glob("*.py"))
MAY_IMPORT = {
    "runtime.board.chat", "runtime.board.columns", "runtime.board.drill", "runtime.board.ids", "runtime.board.records",
    "runtime.board.viewer", "runtime.clock", "runtime.context", "runtime.people.accounts", "runtime.people.rights",
    "runtime.records.folder", "runtime.releases.prepared", "runtime.releases.publish", "runtime.settings", "runtime.start",
    "runtime.tenants.store",
}  # fmt: skip
"""What the demo may use of the product: what reads, and what sets up a tenant, its accounts and its documents."""
MAY_READ = {"rows", "CellRow", "DirtyRow"}
READS = {"filter", "exists", "count", "values_list"}


async def test_without_the_product_nothing_comes_of_what_the_demo_does(tmp_path):
    """The demo as it runs, but with no worker: whatever row of the product there is, the demo has written it."""
    settings = Settings(data_dir=tmp_path, database_url=f"sqlite://{tmp_path}/d.db", secret_key="a key for tests only")
    reference, harbour = load_configuration("reference"), load_configuration("harbour")
    stage, clock = set_stage(settings, reference.release, harbour.release), VirtualClock(START)
    async with opened(settings, clock) as context:
        assert write_recent(stage, START) > 1000
        await open_tenants(context, stage, "http://127.0.0.1:1", reference, harbour)
        assert write_month(stage, older_months(START)[0], START) > 1000
        life = Life(stage, clock, START)
        for _ in range(30):
            clock.advance(timedelta(hours=1))
            life.step()
        await edit_at_the_desk(stage, clock)

        assert clock.now() > START + timedelta(days=2)
        assert list((tmp_path / "files" / HARBOUR).glob("sales-live.jsonl"))
        for tenant in (REFERENCE, HARBOUR):
            found = {row.__name__: await rows(row, tenant).count() for row in PRODUCTS_OWN}
            assert not any(found.values()), found


async def edit_at_the_desk(stage, clock) -> None:
    configured = await prepared(REFERENCE)
    assert configured is not None
    row = msgspec.json.decode((stage.erp.folder / "order_lines-live.jsonl").read_bytes().splitlines()[0])
    key = id_of(msgspec.json.encode([row["order_number"], row["line"]]).decode())
    viewer = Viewer(tenant=REFERENCE, account="d", person=None, name="D", roles=("director",), organisation="J")
    assert ErpDesk({REFERENCE: stage.erp}).write(
        configured, viewer, clock.now().date(), "order_lines", key, {"status": "cancelled"}
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_demo_imports_nothing_of_the_product_that_writes_numbers_alerts_or_messages(path):
    found = {f"{module}.{name}" if module in READ_ONLY else module for module, name in imports(path)}

    assert found <= MAY_IMPORT | {f"{module}.{name}" for module in READ_ONLY for name in MAY_READ}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_demo_asks_the_database_only_to_read(path):
    assert set(methods_after_rows(path)) <= READS


READ_ONLY = {"runtime.tenancy", "runtime.numbers.rows"}


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """What a module takes of the product's rooms: module and name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((each.name, "") for each in node.names if is_product(each.name))
        elif isinstance(node, ast.ImportFrom) and is_product(node.module or ""):
            yield from ((node.module or "", each.name) for each in node.names)


def is_product(module: str) -> bool:
    outside = ("schema_defs", "engine", "connectors.simulators", "runtime.demo")
    room = module.split(".")[0]
    return room in ("runtime", "admin", "connectors", "tortoise") and not module.startswith(outside)


def methods_after_rows(path: Path) -> Iterator[str]:
    """Every method called on what `rows(…)` gives."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and begins_with_rows(node.value):
            yield node.attr


def begins_with_rows(node: ast.expr) -> bool:
    while True:
        match node:
            case ast.Call(func=ast.Name(id="rows")):
                return True
            case ast.Call(func=ast.Attribute(value=inner)) | ast.Attribute(value=inner):
                node = inner
            case _:
                return False
