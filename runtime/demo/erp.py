"""The demo's ERP: files in the tenant's folder, one row per line, appended as they happen."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from runtime.demo.orders import Change, Stream

LIVE = "live"


class Erp:
    """Writes what happened into the watched folder. It knows nothing of what becomes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def write_history(self, changes: Iterable[Change]) -> int:
        """Writes past changes, a file per stream and month in which they became known, with the moments at which they did."""
        lines: dict[Path, list[bytes]] = defaultdict(list)
        for change in changes:
            row = change.row | {"_known_at": change.at.isoformat()}
            lines[self._file(change.stream, f"{change.at:%Y-%m}")].append(msgspec.json.encode(row))
        for path, some in lines.items():
            path.write_bytes(b"\n".join(some) + b"\n")
        return sum(map(len, lines.values()))

    def append(self, stream: Stream, rows: Iterable[dict[str, Any]]) -> None:
        """Writes rows as the ERP writes them now."""
        text = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        if text:
            with self._file(stream, LIVE).open("ab") as file:
                file.write(text)

    def _file(self, stream: Stream, part: str) -> Path:
        return self.folder / f"{stream}-{part}.jsonl"
