"""Where results go: standard output, or a file that appears whole or not at all. Always UTF-8 with LF."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from schema_defs.errors import OutsideError
from schema_defs.text import Lang, Said

_MOST_LINES = 200


def write_out(text: str, path: Path | None) -> None:
    """Writes the text; raises OutsideError when the file cannot be written."""
    content = text.encode()
    if path is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    write_bytes(content, path)


def write_bytes(content: bytes, path: Path) -> None:
    """Writes the file whole or not at all; raises OutsideError when it cannot be written."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)  # A device, such as /dev/null, is written to and never replaced.
            return
        beside.write_bytes(content)
        beside.replace(path.resolve())
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OutsideError(
            Said(zh=f"无法写入 {path}：{error.strerror}", en=f"{path} cannot be written: {error.strerror}"),
            permanent=True,
        ) from None


def lines_of(said: Iterable[Said], lang: Lang) -> list[str]:
    """The sentences, the first two hundred of them in full, the rest as a number."""
    lines = [each.in_(lang) for each in said]
    if len(lines) <= _MOST_LINES:
        return lines
    more = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], Said(zh=f"…… 另有 {more} 条", en=f"… and {more} more").in_(lang)]


def on_terminal() -> bool:
    """Whether somebody watches standard error."""
    return sys.stderr.isatty()
