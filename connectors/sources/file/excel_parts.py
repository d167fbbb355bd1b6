"""What Excel knows of a sheet and a reader of values does not tell: cells that hold errors such as #N/A."""

import re
import zipfile
from html import unescape
from typing import BinaryIO

_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(rb'([\w:]+)\s*=\s*"([^"]*)"')
_ERROR_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*\bt=\"e\"[^>]*>")
_TEXT = re.compile(rb"<(?:\w+:)?v[^>]*>([^<]*)<")


def error_cells(file: BinaryIO, sheet: str) -> dict[tuple[int, int], str]:
    """Row and column (0-based) of every error cell of the sheet, with its text; empty for files that are no .xlsx."""
    file.seek(0)
    found: dict[tuple[int, int], str] = {}
    if not zipfile.is_zipfile(file):
        return found
    with zipfile.ZipFile(file) as archive:
        part = _part_of(archive, sheet)
        content = archive.read(part) if part else b""
    for cell in _ERROR_CELL.finditer(content):
        place = _attributes(cell.group()).get("r", "")
        text = _TEXT.search(content, cell.end(), cell.end() + 4_000)
        if at := _place(place):
            found[at] = unescape(text.group(1).decode("utf-8", "replace")) if text else "#ERROR"
    return found


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    relations = {
        each.get("Id"): each.get("Target", "")
        for each in map(_attributes, _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")))
    }
    for each in map(_attributes, _SHEET.findall(archive.read("xl/workbook.xml"))):
        if each.get("name") == sheet:
            target = relations.get(each.get("r:id"), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return part if part in names else None
    return None


def _attributes(tag: bytes) -> dict[str, str]:
    return {name.decode(): unescape(value.decode("utf-8", "replace")) for name, value in _ATTRIBUTE.findall(tag)}


def _place(reference: str) -> tuple[int, int] | None:
    """`B3` as row 2 and column 1."""
    found = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", reference)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1
