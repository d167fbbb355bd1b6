"""PostgreSQL's primary keys: (tenant, id), so that the tables can be distributed by tenant.

Tortoise knows single primary keys only. Its key and the unique (tenant, id) are replaced by one composite key.
"""

from runtime.database import connection, is_sqlite

_SINGLE_KEYS = """
SELECT t.relname AS "table", p.conname AS "primary", u.conname AS "unique"
FROM pg_class t
JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = current_schema()
JOIN pg_constraint p ON p.conrelid = t.oid AND p.contype = 'p' AND cardinality(p.conkey) = 1
JOIN pg_constraint u ON u.conrelid = t.oid AND u.contype = 'u'
WHERE (SELECT array_agg(a.attname::text ORDER BY k.place)
       FROM unnest(u.conkey) WITH ORDINALITY AS k(number, place)
       JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) = ARRAY['tenant', 'id']
"""


async def make_tenant_keys() -> None:
    """Makes (tenant, id) the primary key of every table that still has another one; on SQLite the unique index does."""
    if is_sqlite():
        return
    for row in await connection().execute_query_dict(_SINGLE_KEYS):
        table, primary, unique = row["table"], row["primary"], row["unique"]
        await connection().execute_query(
            f'ALTER TABLE "{table}" DROP CONSTRAINT "{primary}", DROP CONSTRAINT "{unique}", '
            f'ADD CONSTRAINT "{primary}" PRIMARY KEY ("tenant", "id")'
        )
