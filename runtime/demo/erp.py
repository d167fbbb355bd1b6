"""The demo's ERP: files in the tenant's folder, one row per line, appended as they happen."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from runtime.demo.orders import Change

LIVE = "live"
KNOWN_AT = "_known_at"


class Erp:
    """Writes what happened into the watched folder. It knows nothing of what becomes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def write_past(self, part: str, changes: Iterable[Change]) -> int:
        """Writes past changes, given in the order of time, as one file per stream, with the moments at which they became known.

        A file is there as a whole or not at all. Gives the number of rows.
        """
        lines: dict[str, list[bytes]] = defaultdict(list)
        for change in changes:
            lines[change.stream].append(msgspec.json.encode(change.row | {KNOWN_AT: change.at.isoformat()}))
        for stream, some in lines.items():
            path = self._file(stream, part)
            half = path.with_suffix(".half")
            half.write_bytes(b"\n".join(some) + b"\n")
            half.rename(path)
        return sum(map(len, lines.values()))

    def has_past(self, stream: str, part: str) -> bool:
        return self._file(stream, part).exists()

    def append(self, changes: Iterable[Change]) -> None:
        """Writes what happens now."""
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for change in changes:
            rows[change.stream].append(change.row)
        for stream, some in rows.items():
            self.write(stream, some)

    def write(self, stream: str, rows: Iterable[dict[str, Any]]) -> None:
        """Appends rows to a stream."""
        with self._file(stream, LIVE).open("ab") as file:
            file.write(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))

    def find(self, stream: str, columns: Sequence[str], wanted: Sequence[str]) -> dict[str, Any] | None:
        """The newest row whose key `columns` say `wanted`, without the moment at which it became known; None without one."""
        found = None
        for row in self._rows_with(stream, msgspec.json.encode(wanted[0])[1:-1]):
            if [str(row.get(column)) for column in columns] == list(wanted):
                found = {name: value for name, value in row.items() if name != KNOWN_AT}
        return found

    def _rows_with(self, stream: str, text: bytes) -> Iterator[dict[str, Any]]:
        """The rows that hold the text, in the order in which they were written."""
        for path in sorted(self.folder.glob(f"{stream}-*.jsonl")):
            content = path.read_bytes()
            if text in content:
                yield from (msgspec.json.decode(line) for line in content.splitlines() if text in line)

    def _file(self, stream: str, part: str) -> Path:
        return self.folder / f"{stream}-{part}.jsonl"
