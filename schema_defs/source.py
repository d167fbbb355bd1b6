"""`source`: where a dataset's records come from, and how raw fields become fields."""

from schema_defs.base import Document, Duration, Expr, Key, Name, Schedule


class Source(Document, frozen=True, kw_only=True, tag="source", tag_field="kind"):
    """`map` holds an expression over the raw record per field; `values` the value maps that `map_value` reads, per field.

    `secrets` maps a connection key to a name in the tenant's secret store, never to a value.
    """

    dataset: Name
    connector: Name
    connection: dict[str, str | float | bool] = {}
    secrets: dict[str, Name] = {}
    schedule: Schedule | None = None
    fresh_within: Duration | None = None
    overlap: Duration | None = None
    time_zone: str = "Asia/Shanghai"
    map: dict[Name, Expr] = {}
    values: dict[Name, dict[Key, str | float | bool]] = {}
    deleted: Expr | None = None
