"""JSON lines: one object per line; a bad line is a bad row, never a stop."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn

from connectors.sources.file.encoding import encoding_of
from connectors.sources.file.fault import refused
from connectors.sources.protocol import Limits, RawRow
from schema_defs.text import Said


class JsonLinesFile:
    """An opened file of JSON lines; every row brings its own columns."""

    def __init__(self, path: Path, file: BinaryIO, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._text = io.TextIOWrapper(file, encoding_of(path, file), newline="\n")
        self._decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)

    @property
    def columns(self) -> tuple[str, ...] | None:
        return None

    def rows(self) -> Iterator[RawRow]:
        longest, found = self._limits.line_characters, False
        for line, text in enumerate(iter(lambda: self._text.readline(longest), ""), 1):
            if not text.strip():
                continue
            if line > self._limits.rows:
                raise refused(
                    self._path,
                    f"超过 {self._limits.rows} 行；请分成几个文件",
                    f"has more than {self._limits.rows} lines; split it",
                )
            if len(text) >= longest:
                raise refused(
                    self._path, f"第 {line} 行超过 {longest} 个字符", f"line {line} is longer than {longest} characters"
                )
            if not found and text.lstrip().startswith("["):
                raise refused(
                    self._path,
                    "是一个 JSON 数组；请每行写一个对象（JSON lines）",
                    "is one JSON array; write one object per line (JSON lines)",
                )
            found = True
            yield self._row(line, text)
        if not found:
            raise refused(self._path, "是空的", "is empty")

    def _row(self, line: int, text: str) -> RawRow:
        try:
            values = self._decoder.decode(text.strip())
        except _BadLineError as error:
            return RawRow(line, trouble=error.said)
        except json.JSONDecodeError as error:
            return RawRow(line, trouble=_no_json(error))
        except (ValueError, RecursionError):
            return RawRow(
                line, trouble=Said(zh="数字太长或嵌套太深", en="a number is too long, or values are nested too deep")
            )
        if not isinstance(values, dict):
            return RawRow(
                line, trouble=Said(zh='不是对象；应写成 {"列名": 值}', en='is no object; write {"column": value}')
            )
        if len(values) > self._limits.columns:
            limit = self._limits.columns
            return RawRow(line, trouble=Said(zh=f"超过 {limit} 个键", en=f"has more than {limit} keys"))
        return RawRow(line, values)


class _BadLineError(ValueError):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.said = Said(zh=zh, en=en)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _BadLineError(f"键 '{twice}' 出现两次", f"the key '{twice}' is written twice")
    return values


def _no_constant(text: str) -> NoReturn:
    raise _BadLineError(f"{text} 不是数字", f"{text} is no number")


def _no_json(error: json.JSONDecodeError) -> Said:
    return Said(
        zh=f"第 {error.colno} 个字符处不是有效的 JSON；这一行可能不完整",
        en=f"is no valid JSON at character {error.colno}; the line is probably incomplete",
    )
