"""The database's schema: what the migrations make is what the tables say, and every table belongs to tenants."""

from tortoise.context import TortoiseContext

from runtime.database import close_database, configuration, connection, is_sqlite
from runtime.migrations._apply import migrate, pending
from runtime.migrations._write import changes

SQLITE_INDEXES = """
SELECT m.name AS "table", i.name AS name, i.origin AS origin,
       (SELECT group_concat(name, ',') FROM (SELECT x.name FROM pragma_index_info(i.name) x ORDER BY x.seqno)) AS columns
FROM sqlite_master m JOIN pragma_index_list(m.name) i WHERE m.type = 'table'
"""
POSTGRES_INDEXES = """
SELECT t.relname AS "table", i.relname AS name, CASE WHEN x.indisprimary THEN 'pk' WHEN x.indisunique THEN 'u' ELSE 'c' END AS origin,
       (SELECT string_agg(a.attname, ',' ORDER BY k.place) FROM unnest(x.indkey) WITH ORDINALITY AS k(number, place)
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) AS columns
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = 'public'
"""


async def indexes() -> dict[str, list[tuple[str, str]]]:
    """Of every table of ours: (origin, columns) of its indexes."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in await connection().execute_query_dict(SQLITE_INDEXES if is_sqlite() else POSTGRES_INDEXES):
        if row["table"] != "tortoise_migrations":
            found.setdefault(row["table"], []).append((row["origin"], row["columns"]))
    return found


async def test_the_migrations_say_what_the_tables_say() -> None:
    assert await changes() == []


async def test_every_table_is_unique_by_tenant_and_id(database: str) -> None:
    tables = await indexes()
    assert len(tables) >= 22
    for table, found in tables.items():
        wanted = ("u", "tenant,id") if is_sqlite() else ("pk", "tenant,id")
        assert wanted in found, table


async def test_every_other_index_begins_with_the_tenant(database: str) -> None:
    for table, found in (await indexes()).items():
        for origin, columns in found:
            single_key_of_tortoise = is_sqlite() and origin == "pk" and columns == "id"
            assert single_key_of_tortoise or f"{columns},".startswith("tenant,"), (table, columns)


async def test_migrating_twice_changes_nothing(database: str) -> None:
    before = await indexes()
    assert await pending(database) == []
    assert await migrate(database) == []
    assert await indexes() == before


async def test_the_migrated_schema_is_the_one_that_tortoise_would_make(sqlite_database: str) -> None:
    migrated = await _sqlite_schema()
    await close_database()
    with TortoiseContext() as context:
        await context.init(config=configuration("sqlite://:memory:"))
        await context.generate_schemas()
        generated = await _sqlite_schema()
        await context.close_connections()
    assert migrated == generated


async def _sqlite_schema() -> dict[str, object]:
    columns: dict[str, object] = {}
    tables = await connection().execute_query_dict("SELECT name FROM sqlite_master WHERE type = 'table'")
    for table in (row["name"] for row in tables if row["name"] not in ("tortoise_migrations", "sqlite_sequence")):
        info = await connection().execute_query_dict(
            f"SELECT name, type, \"notnull\", pk FROM pragma_table_info('{table}')"
        )
        columns[table] = sorted(tuple(row.values()) for row in info)
    return {"columns": columns, "indexes": {table: sorted(found) for table, found in (await indexes()).items()}}
