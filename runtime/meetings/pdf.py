"""The PDF of a snapshot: selectable text, its own fonts, the same bytes for the same snapshot."""

from functools import lru_cache
from importlib.resources import as_file, files

import msgspec
import typst

from runtime.meetings.frozen import Frozen
from runtime.meetings.page import page_of
from schema_defs.text import Lang

TEMPLATE = "snapshot.typ"


def pdf_of(frozen: Frozen, lang: Lang) -> bytes:
    """A4 pages in the reader's language. Takes tens of milliseconds: call it in a thread."""
    data = msgspec.json.encode(page_of(frozen, lang)).decode()
    with as_file(files("runtime.meetings")) as folder:
        compiler = typst.Compiler(
            str(folder / TEMPLATE),
            root=str(folder),
            font_paths=_fonts(str(folder / "fonts")),
            sys_inputs={"data": data},
        )
        made = compiler.compile(format="pdf")
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=1)
def _fonts(folder: str) -> typst.Fonts:
    """Our own fonts and those that typst carries; the machine's are never used. Read once per process."""
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])
