"""Builds node trees from a reader's steps, and holds the limits that YAML and JSON share."""

from contextlib import suppress

from schema_defs.loader.limits import LARGE_KINDS, MAX_DEPTH, MAX_NODES, MAX_NODES_LARGE
from schema_defs.loader.node import Entry, Mapping, Mark, Node, Scalar, ScalarKind, Sequence
from schema_defs.loader.problems import Problems
from schema_defs.loader.scalars import FORBIDDEN
from schema_defs.text import Said


class Builder:
    """Takes the steps of one document, iteratively; `root` is the finished tree."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.root: Node | None = None
        self._open: list[Mapping | Sequence] = []
        self._keys: list[tuple[str, Mark] | None] = []
        self._nodes = 0

    def open_mapping(self, mark: Mark) -> None:
        self._descend(Mapping(mark, {}))

    def open_sequence(self, mark: Mark) -> None:
        self._descend(Sequence(mark, []))

    def close(self) -> None:
        self._open.pop()
        self._keys.pop()

    def scalar(self, mark: Mark, text: str, kind: ScalarKind) -> None:
        """A key or a value, whichever is due."""
        self._count(mark)
        text = self._clean(text, mark)
        if self._open and isinstance(self._open[-1], Mapping) and self._keys[-1] is None:
            self._key(mark, text, kind)
        else:
            self._place(Scalar(mark, text, kind))

    def finish(self) -> Node | None:
        """The tree of the document, with the bound that its kind allows checked."""
        if self._nodes > MAX_NODES and not _is_large(self.root):
            mark = self.root.mark if self.root else Mark(1, 1)
            raise self.problems.stop("too-many-nodes", mark, _too_many(MAX_NODES), _SPLIT)
        return self.root

    def _descend(self, node: Mapping | Sequence) -> None:
        self._count(node.mark)
        if len(self._open) >= MAX_DEPTH:
            raise self.problems.stop("too-deep", node.mark, _TOO_DEEP, _FLATTER)
        self._place(node)
        self._open.append(node)
        self._keys.append(None)

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        key = self._keys[-1]
        if key is None:
            raise self.problems.stop("key-not-text", node.mark, _KEY_NOT_TEXT, _PLAIN_KEY)
        self._keys[-1] = None
        parent.entries.setdefault(key[0], Entry(key[1], node))

    def _key(self, mark: Mark, text: str, kind: ScalarKind) -> None:
        parent = self._open[-1]
        assert isinstance(parent, Mapping)
        if text == "<<":
            self.problems.add("merge-key", mark, _MERGE, _WRITE_OUT)
        elif kind != "text":
            self.problems.add("key-not-text", mark, _key_of_kind(text), _quoted(text))
        elif text in parent.entries:
            self.problems.add("duplicate-key", mark, _duplicate(text, parent.entries[text].mark), _REMOVE_ONE)
        self._keys[-1] = (text, mark)

    def _count(self, mark: Mark) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES_LARGE:
            raise self.problems.stop("too-many-nodes", mark, _too_many(MAX_NODES_LARGE), _SPLIT)

    def _clean(self, text: str, mark: Mark) -> str:
        """Joins surrogate pairs that were written as escapes; reports characters that may not come in by an escape either."""
        if not FORBIDDEN.search(text):
            return text
        with suppress(UnicodeDecodeError):  # half a pair, which the search below finds
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        if found := FORBIDDEN.search(text):
            shown = forbidden_character(f"U+{ord(found.group()):04X}")
            self.problems.add("control-character", mark, shown, _REMOVE_CHARACTER)
        return FORBIDDEN.sub("\ufffd", text)


def forbidden_character(shown: str) -> Said:
    return Said(
        zh=f"不允许的字符 {shown}（控制字符、字节顺序标记或不完整的字符）",
        en=f"the character {shown} is not allowed (a control character, byte order mark or half a character)",
    )


def _is_large(root: Node | None) -> bool:
    if not isinstance(root, Mapping) or "kind" not in root.entries:
        return False
    kind = root.entries["kind"].value
    return isinstance(kind, Scalar) and kind.text in LARGE_KINDS


def _too_many(limit: int) -> Said:
    return Said(
        zh=f"文档超过 {limit} 个节点（organisation 和 plan 最多 {MAX_NODES_LARGE}，其他 {MAX_NODES}）",
        en=f"the document has more than {limit} nodes (organisation and plan may have {MAX_NODES_LARGE}, others {MAX_NODES})",
    )


def _key_of_kind(text: str) -> Said:
    return Said(zh=f"键 {text or '（空）'} 不是文本", en=f"the key {text or '(empty)'} is not text")


def _quoted(text: str) -> Said:
    return Said(zh=f'加上引号："{text}"', en=f'put it in quotes: "{text}"')


def _duplicate(key: str, first: Mark) -> Said:
    return Said(
        zh=f"键 '{key}' 重复；第一次在第 {first.line} 行",
        en=f"the key '{key}' is given twice; it stands in line {first.line} already",
    )


_TOO_DEEP = Said(zh=f"嵌套超过 {MAX_DEPTH} 层", en=f"nested deeper than {MAX_DEPTH} levels")
_SPLIT = Said(zh="拆成几个文档", en="split it into several documents")
_KEY_NOT_TEXT = Said(zh="键必须是文本，不能是列表或映射", en="a key must be text, not a list or a mapping")
_MERGE = Said(zh="不支持合并键 '<<'", en="merge keys ('<<') are not supported")
_WRITE_OUT = Said(zh="把内容完整写出来", en="write the content out")
_REMOVE_ONE = Said(zh="删掉其中一个", en="remove one of the two")
_REMOVE_CHARACTER = Said(zh="删掉这个字符", en="remove this character")
_FLATTER = Said(zh="减少嵌套；真正的文档不超过 8 层", en="nest less; real documents need no more than eight levels")
_PLAIN_KEY = Said(zh="写成 键: 值", en="write key: value")
