"""YAML to node trees, from parser events: nothing is constructed, no alias is followed, no tag is obeyed."""

import re
from collections.abc import Iterator

from ruamel.yaml import YAML
from ruamel.yaml import events as ev
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from schema_defs.loader.builder import Builder
from schema_defs.loader.limits import MAX_DOCUMENTS
from schema_defs.loader.node import Mark, Node
from schema_defs.loader.problems import Problems, Stop
from schema_defs.loader.scalars import kind_of_plain
from schema_defs.loader.yaml_errors import syntax_error
from schema_defs.text import Said


def read_yaml(text: str, problems: Problems) -> Iterator[tuple[int, Node]]:
    """The documents of the text, each with the line it starts on; a problem that ends the reading is the last one added."""
    reader = _YamlReader(problems, text)
    if found := _LONG_TAG.search(text):
        problems.stop("tag", _mark_at(text, found.start(1)), _no_tag(found.group(1)), _LEAVE_OUT)
        return
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            finished = reader.take(event)
            if finished is not None:
                yield finished
    except Stop:
        return
    except MarkedYAMLError as error:
        at_end = "end of stream" in str(error.problem)
        found = (error.context_mark if at_end else None) or error.problem_mark or error.context_mark
        mark = Mark(found.line + 1, found.column + 1) if found else reader.last
        message, suggestion = syntax_error(str(error.problem or error.context or ""), text, mark)
        problems.stop("yaml-syntax", mark, message, suggestion)
    except (YAMLError, ValueError, OverflowError, RecursionError, AttributeError, IndexError, AssertionError) as error:
        message, suggestion = syntax_error(type(error).__name__, text, reader.last)
        problems.stop("yaml-syntax", reader.last, message, suggestion)


def _mark_at(text: str, offset: int) -> Mark:
    return Mark(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


class _YamlReader:
    """Turns events into steps of a builder."""

    def __init__(self, problems: Problems, text: str) -> None:
        self.problems = problems
        self._text = text
        self.last = Mark(1, 1)
        self._builder = Builder(problems)
        self._documents = 0
        self._first_line = 1

    def take(self, event: ev.Event) -> tuple[int, Node] | None:
        """A finished document with its first line, when this event ends one."""
        mark = self.last = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
        match event:
            case ev.ScalarEvent():
                self._refuse_extras(event, mark)
                plain = not event.style
                kind = kind_of_plain(event.value) if plain else "text"
                self._builder.scalar(mark, event.value, kind)
            case ev.MappingStartEvent():
                self._refuse_extras(event, mark)
                self._builder.open_mapping(mark)
            case ev.SequenceStartEvent():
                self._refuse_extras(event, mark)
                self._builder.open_sequence(mark)
            case ev.MappingEndEvent() | ev.SequenceEndEvent():
                self._builder.close()
            case ev.AliasEvent():
                self.problems.add("alias", mark, _no_alias(event.anchor), _WRITE_OUT)
                self._builder.scalar(mark, "", "refused")
            case ev.DocumentStartEvent():
                self._start(event, mark)
            case ev.DocumentEndEvent():
                root = self._builder.finish()
                return None if root is None else (self._first_line, root)
        return None

    def _start(self, event: ev.DocumentStartEvent, mark: Mark) -> None:
        if event.version or event.tags:
            written = _PERCENT.search(self._text)
            raise self.problems.stop(
                "directive", _mark_at(self._text, written.start()) if written else mark, _DIRECTIVE, _NO_PERCENT
            )
        self._documents += 1
        if self._documents > MAX_DOCUMENTS:
            raise self.problems.stop("too-many-documents", mark, _TOO_MANY, _SPLIT)
        self._builder = Builder(self.problems)
        self._first_line = mark.line

    def _refuse_extras(self, event: ev.NodeEvent, mark: Mark) -> None:
        if event.anchor is not None:
            self.problems.add("anchor", mark, _no_anchor(event.anchor), _WRITE_OUT)
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.problems.add("tag", mark, _no_tag(str(tag)), _LEAVE_OUT)


_LONG_TAG = re.compile(r"(?:^|(?<=[\s,\[{]))(![^\s]{10000})", re.MULTILINE)
"""The parser takes time with the square of a tag's length; such a one is refused before it sees it."""


_PERCENT = re.compile(r"^%", re.MULTILINE)


def _no_alias(name: object) -> Said:
    return Said(zh=f"不支持别名 '*{name}'", en=f"aliases ('*{name}') are not supported")


def _no_anchor(name: object) -> Said:
    return Said(zh=f"不支持锚点 '&{name}'", en=f"anchors ('&{name}') are not supported")


def _no_tag(tag: str) -> Said:
    return Said(zh=f"不支持标签 '{tag[:80]}'", en=f"tags ('{tag[:80]}') are not supported")


_SPLIT = Said(zh="拆成几个文件", en="split it into several files")
_WRITE_OUT = Said(zh="把内容完整写出来", en="write the content out")
_LEAVE_OUT = Said(zh="删掉标签；以 ! 开头的文本请加引号", en="leave the tag out; put text that begins with ! in quotes")
_DIRECTIVE = Said(zh="不支持 YAML 指令（%YAML、%TAG）", en="YAML directives (%YAML, %TAG) are not supported")
_NO_PERCENT = Said(zh="删掉以 % 开头的行", en="leave out the line that begins with %")
_TOO_MANY = Said(zh=f"一个文件最多 {MAX_DOCUMENTS} 个文档", en=f"a file may hold at most {MAX_DOCUMENTS} documents")
