"""The same key twice: versions where the rows say when they became known, a bad row where they do not."""

from engine.expression.functions import map_key
from engine.records.record import Record
from schema_defs.text import Said


class Doubles:
    """Looks at the records of one dataset in their order and remembers where each key stood first."""

    def __init__(self) -> None:
        self._first: dict[tuple[object, ...], tuple[str, int]] = {}

    def refusal(self, record: Record, line: int, file: str = "") -> Said | None:
        """Why the record cannot stand beside an earlier one, or None. A tombstone, and a row with its `_known_at`, always can."""
        if record.known_at is not None or record.deleted:
            return None
        here = file, line
        first = self._first.setdefault(record.key, here)
        if first is here:
            return None
        key = ", ".join(map_key(part) or "" for part in record.key)
        zh, en = ("", "") if first[0] == file else (f"文件 {first[0]} ", f" of {first[0]}")
        return Said(
            zh=f"键 ({key}) 已在{zh}第 {first[1]} 行出现过；请只保留一行，或加上 _known_at 列说明各行何时已知",
            en=f"the key ({key}) stands in line {first[1]}{en} already; keep one of the rows, or say in a column _known_at when each became known",
        )
