"""The PDF of a frozen board: selectable text, its own fonts, the same bytes for the same board."""

from datetime import datetime
from importlib.resources import as_file, files

import msgspec
import typst

from runtime.board.view import BoardView
from runtime.meetings.page import page_of
from schema_defs.text import Lang


def pdf_of(board: BoardView, lang: Lang, *, code: str, frozen_at: datetime) -> bytes:
    """A4 pages in the reader's language. Takes tens of milliseconds: call it in a thread."""
    data = msgspec.json.encode(page_of(board, lang, code=code, frozen_at=frozen_at)).decode()
    with as_file(files("runtime.meetings")) as folder:
        made = typst.compile(
            str(folder / "snapshot.typ"),
            root=str(folder),
            sys_inputs={"data": data},
            font_paths=[str(folder / "fonts")],
            ignore_system_fonts=True,
        )
    assert isinstance(made, bytes)
    return made
