"""A tenant is forced in one place: no query without one, in no module."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.database import ROWS
from runtime.ids import new_id
from runtime.row import NoTenantError
from runtime.tenancy import add, add_all, add_missing, put_all, rows
from runtime.tenants.rows import TenantRow

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, tzinfo=UTC)

DOOR = {"runtime/tenancy.py", "runtime/row.py", "runtime/bulk.py"}
ACROSS = {"runtime/tenants/store.py", "runtime/queue/claims.py", "runtime/records/watch.py"}
"""Who looks after all tenants: the list of them, the queue's rounds, and who watches the folders."""
RAW = {
    "runtime/database.py",
    "runtime/bulk.py",
    "runtime/locks.py",
    "runtime/meetings/freeze.py",
    "runtime/migrations/_apply.py",
    "runtime/migrations/_tenant_key.py",
    "runtime/sqlite.py",
}
"""Who may write SQL: it names no tenant's rows, or (bulk) demands the tenant itself."""

QUERIES = {
    "all", "filter", "get", "get_or_none", "create", "bulk_create", "bulk_update", "exclude", "first", "raw", "in_bulk",
    "annotate", "exists", "get_or_create", "update_or_create", "last", "latest", "earliest", "select_for_update",
}  # fmt: skip
STATEMENTS = {"execute_query", "execute_query_dict", "execute_script", "execute_insert", "execute_many"}


def tables() -> set[str]:
    """The names of all tables' classes."""
    found = set()
    for module in ROWS:
        tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text())
        found |= {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    return found


def calls(tree: ast.AST) -> list[tuple[str, str]]:
    """Every call `owner.name(…)` as (owner, name); a bare call has no owner."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            found.append((owner.id if isinstance(owner, ast.Name) else "", node.func.attr))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.append(("", node.func.id))
    return found


def faults(source: str, path: str) -> list[str]:
    """What the module does past the door."""
    known, tree = tables(), ast.parse(source)
    found = [f"{path}: {owner}.{name}" for owner, name in calls(tree) if owner in known and name in QUERIES]
    if path not in ACROSS | DOOR:
        found += [f"{path}: {name}" for _, name in calls(tree) if name in {"across_tenants", "QuerySet"}]
    if path not in RAW:
        found += [f"{path}: {name}" for _, name in calls(tree) if name in STATEMENTS]
    return found


@pytest.mark.parametrize("room", ["runtime", "admin"])
def test_no_module_goes_past_the_door(room: str) -> None:
    found = []
    for file in sorted((ROOT / room).rglob("*.py")):
        found += faults(file.read_text(), file.relative_to(ROOT).as_posix())
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "TenantRow.filter(key='a')",
        "await JobRow.all()",
        "across_tenants(JobRow)",
        "connection().execute_query('DELETE FROM job')",
    ],
)
def test_the_search_finds_what_it_looks_for(source: str) -> None:
    wrapped = f"async def f():\n    {source}\n"
    assert len(faults(wrapped, "runtime/somewhere.py")) == 1


@pytest.mark.parametrize("query", ["all", "filter", "first", "exists", "annotate"])
async def test_a_table_refuses_queries_without_a_tenant(sqlite_database: str, query: str) -> None:
    with pytest.raises(NoTenantError):
        await getattr(TenantRow, query)()


async def test_an_empty_tenant_is_none(sqlite_database: str) -> None:
    with pytest.raises(NoTenantError):
        rows(TenantRow, "")
    nobody = TenantRow(tenant="", key="a", label="A", created_at=NOW)
    for write in (add_all, add_missing):
        with pytest.raises(NoTenantError):
            await write([nobody])
    with pytest.raises(NoTenantError):
        await add(nobody)
    with pytest.raises(NoTenantError):
        await put_all([nobody], unique=("tenant", "key"), update=("label",))


async def test_changing_and_removing_stay_inside_the_tenant(database: str) -> None:
    for key in ("acme", "globex"):
        await add(TenantRow(tenant=key, key=key, label="before", created_at=NOW))
    assert await rows(TenantRow, "acme").update(label="after") == 1
    assert (await rows(TenantRow, "globex").get()).label == "before"
    assert await rows(TenantRow, "acme").delete() == 1
    assert await rows(TenantRow, "globex").count() == 1


async def test_the_same_unique_columns_again_are_left_or_overwritten_as_asked(database: str) -> None:
    def row(label: str) -> TenantRow:
        return TenantRow(tenant="acme", key="acme", label=label, created_at=NOW)

    await add_missing([row("first")])
    await add_missing([row("second")])
    assert (await rows(TenantRow, "acme").get()).label == "first"
    await put_all([row("third")], unique=("tenant", "key"), update=("label",))
    assert (await rows(TenantRow, "acme").get()).label == "third"


@given(st.integers(2, 400))
def test_ids_are_unique_and_rise(count: int) -> None:
    made = [new_id() for _ in range(count)]
    assert made == sorted(set(made))
