"""Documents as they are stored with a release, and as one configuration."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache

from schema_defs.issue import Issue
from schema_defs.loader import Loaded
from schema_defs.loader.assembly import assemble
from schema_defs.loader.loaded import Written
from schema_defs.loader.problems import Problems
from schema_defs.loader.reading import read_documents


def body(text: str) -> str:
    """The document without the blank lines and the `---` that part it from its neighbours, ended by one line end."""
    lines = text.split("\n")
    while lines and _parts(lines[0]):
        lines.pop(0)
    while lines and _parts(lines[-1]):
        lines.pop()
    return "\n".join(lines) + "\n"


def version_of(text: str) -> str:
    """What stands for exactly this text: two people who opened the same text hold the same version."""
    return hashlib.sha256(body(text).encode()).hexdigest()[:32]


def loaded_of(documents: Iterable[Mapping[str, str]]) -> Loaded:
    """Stored documents (`file`, `text`) put together, with what is wrong in each."""
    read = [_read(each["file"], each["text"]) for each in documents]
    written = (document for found, _ in read for document in found)
    return assemble(written, (issue for _, issues in read for issue in issues), None)


@lru_cache(maxsize=4096)
def _read(file: str, text: str) -> tuple[tuple[Written, ...], tuple[Issue, ...]]:
    """Documents are read once: the same text is the same document for ever."""
    problems = Problems(file)
    return tuple(read_documents(text, problems)), tuple(problems.issues)


def _parts(line: str) -> bool:
    return line.strip() in ("", "---")
