"""The demo's ERP: files in the tenant's folder, one row per line, appended as they happen."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
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

    def write_history(self, changes: Iterable[Change]) -> int:
        """Writes past changes, a file per stream and month in which they became known, with the moments at which they did."""
        lines: dict[Path, list[bytes]] = defaultdict(list)
        for change in changes:
            row = change.row | {KNOWN_AT: change.at.isoformat()}
            lines[self._file(change.stream, f"{change.at:%Y-%m}")].append(msgspec.json.encode(row))
        for path, some in lines.items():
            path.write_bytes(b"\n".join(some) + b"\n")
        return sum(map(len, lines.values()))

    def append(self, stream: str, rows: Iterable[dict[str, Any]]) -> None:
        """Writes rows as the ERP writes them now."""
        text = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        if text:
            with self._file(stream, LIVE).open("ab") as file:
                file.write(text)

    def find(self, stream: str, columns: Sequence[str], wanted: Sequence[str]) -> dict[str, Any] | None:
        """The newest row whose key `columns` say `wanted`, without the moment at which it became known; None without one."""
        needle, found = msgspec.json.encode(wanted[0])[1:-1], None
        for path in sorted(self.folder.glob(f"{stream}-*.jsonl")):
            for line in path.read_bytes().splitlines():
                if needle in line:
                    row = msgspec.json.decode(line)
                    if [str(row.get(column)) for column in columns] == list(wanted):
                        found = {name: value for name, value in row.items() if name != KNOWN_AT}
        return found

    def _file(self, stream: str, part: str) -> Path:
        return self.folder / f"{stream}-{part}.jsonl"
