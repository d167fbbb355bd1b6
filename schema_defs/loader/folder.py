"""Finds and reads the document files of a folder."""

import os
from collections.abc import Iterator
from pathlib import Path

from schema_defs.errors import UsageError
from schema_defs.issue import Issue
from schema_defs.loader.assembly import assemble
from schema_defs.loader.limits import MAX_BYTES
from schema_defs.loader.loaded import Loaded, Written
from schema_defs.loader.node import Mark
from schema_defs.loader.problems import Problems
from schema_defs.loader.reading import SPLIT, TOO_LARGE, read_documents
from schema_defs.text import Said

SUFFIXES = (".yaml", ".yml", ".json")


def load_path(path: Path | str) -> Loaded:
    """The configuration at a path, be it a folder or a single file; raises `UsageError` when there is nothing."""
    return load_folder(path) if Path(path).is_dir() else load_file(path)


def load_folder(path: Path | str) -> Loaded:
    """The configuration of all `.yaml`, `.yml` and `.json` files below a folder, in the order of their paths."""
    folder = Path(path)
    if not folder.is_dir():
        raise _missing(folder)
    documents: list[Written] = []
    issues: list[Issue] = []
    for file in document_files(folder):
        found, problems = _read_file(file)
        documents += found
        issues += problems
    return assemble(documents, issues, folder)


def load_file(path: Path | str) -> Loaded:
    """The configuration of one file with any number of documents."""
    file = Path(path)
    if not file.is_file():
        raise _missing(file)
    documents, issues = _read_file(file)
    return assemble(documents, issues, file.parent)


def document_files(folder: Path) -> Iterator[Path]:
    """The document files below the folder; hidden ones, and links that lead out of the folder, are left out."""
    inside = folder.resolve()
    seen: set[Path] = set()
    found: list[Path] = []
    for current, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(current) / name for name in files if _is_document(name)]
    for file in sorted(found, key=lambda each: each.relative_to(folder).parts):
        real = file.resolve()
        if real.is_relative_to(inside) and real not in seen and real.is_file():
            seen.add(real)
            yield file


def _is_document(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not name.startswith(".")


def _read_file(file: Path) -> tuple[list[Written], list[Issue]]:
    problems = Problems(file.as_posix())
    text = _text(file, problems)
    documents = list(read_documents(text, problems)) if text is not None else []
    return documents, problems.issues


def _text(file: Path, problems: Problems) -> str | None:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problems.add(
            "unreadable",
            Mark(1, 1),
            Said(zh=f"无法读取文件：{reason}", en=f"the file cannot be read: {reason}"),
            Said(zh="检查文件的权限", en="look at the file's permissions"),
        )
        return None
    if len(content) > MAX_BYTES:
        problems.add("too-large", Mark(1, 1), TOO_LARGE, SPLIT)
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problems.add("not-utf8", Mark(line, 1), _NOT_UTF8, _SAVE)
        return None


def _missing(path: Path) -> UsageError:
    return UsageError(
        Said(
            zh=f"没有文件夹或文件 '{path}'；请给出配置的文件夹或一个 .yaml / .json 文件",
            en=f"there is no folder or file '{path}'; give the folder of a configuration or one .yaml / .json file",
        )
    )


_NOT_UTF8 = Said(zh="文件不是 UTF-8 编码", en="the file is not encoded as UTF-8")
_SAVE = Said(zh="用 UTF-8（无 BOM）保存", en="save it as UTF-8 without BOM")
