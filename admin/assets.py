"""Style sheets, scripts and icons under one content hash, so that a browser keeps them for ever and a new version is seen at once."""

import functools
import gzip
import hashlib
import mimetypes
from pathlib import Path

import msgspec

STATIC = Path(__file__).parent / "static"
SHEETS = (
    "tokens", "base", "shell", "button", "form", "badge", "bar", "table", "panel", "drawer", "states", "board", "wall",
    "why", "alerts", "backtest", "chat", "records", "calibration", "targets", "workbench", "editor", "calendar", "changes", "sign_in", "narrow",
    "print",
)  # fmt: skip
"""The style sheets in the order of the cascade; they are served as one file."""

SCRIPTS = ("drawer", "focus", "keys", "live", "submit", "toast", "tree", "wall")
"""The behaviours; each binds itself to its data attribute."""

mimetypes.add_type("text/javascript", ".js")


class Asset(msgspec.Struct, frozen=True):
    """A file as it is sent."""

    body: bytes
    zipped: bytes
    media_type: str


@functools.cache
def assets() -> dict[str, Asset]:
    """Everything below `static/` by its path, and the style sheets as `app.css`."""
    found = {
        path.relative_to(STATIC).as_posix(): _asset(path.read_bytes(), path.name)
        for path in sorted(STATIC.rglob("*"))
        if path.is_file() and path.suffix != ".css"
    }
    sheets = "\n".join((STATIC / "css" / f"{name}.css").read_text(encoding="utf-8") for name in SHEETS)
    return {**found, "app.css": _asset(sheets.encode(), "app.css")}


def _asset(body: bytes, name: str) -> Asset:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    text = kind.startswith("text/") or kind.endswith(("javascript", "json", "svg+xml"))
    return Asset(body, gzip.compress(body, 9, mtime=0), f"{kind}; charset=utf-8" if text else kind)


@functools.cache
def version() -> str:
    """Twelve hex digits that change when any file does."""
    digest = hashlib.sha256()
    for path, asset in assets().items():
        digest.update(path.encode() + b"\0" + asset.body)
    return digest.hexdigest()[:12]


def address(path: str) -> str:
    """Where pages find the file; an unknown path is a KeyError."""
    assets()[path]
    return f"/static/{version()}/{path}"
