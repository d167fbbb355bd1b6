"""One text to documents: parsed, walked, and put together."""

from collections.abc import Iterator
from pathlib import Path

from schema_defs.base import Document
from schema_defs.issue import Issue
from schema_defs.loader.assembly import assemble
from schema_defs.loader.builder import forbidden_character
from schema_defs.loader.json_reader import read_json
from schema_defs.loader.limits import MAX_BYTES
from schema_defs.loader.loaded import Loaded, Written
from schema_defs.loader.node import Mapping, Mark, Node, Scalar
from schema_defs.loader.problems import Problems, Stop
from schema_defs.loader.scalars import FORBIDDEN
from schema_defs.loader.shape import struct_shape
from schema_defs.loader.walk import INVALID, Walk
from schema_defs.loader.wording import shown
from schema_defs.loader.yaml_errors import WIDE_COLON
from schema_defs.loader.yaml_reader import read_yaml
from schema_defs.nearest import nearest
from schema_defs.release import BY_KIND
from schema_defs.text import Said


def load_text(text: str, file: str = "document.yaml", *, one: bool = True) -> Loaded:
    """The document (with `one=False`: the documents) of a text; a `file` that ends in `.json` is read as JSON."""
    problems = Problems(file)
    documents = list(read_documents(text, problems))
    if one:
        _expect_one(documents, problems)
    return assemble(documents, problems.issues, Path(file).parent)


def read_documents(text: str, problems: Problems) -> Iterator[Written]:
    """Every document of a file's text that is a document at all; what is wrong goes to `problems`."""
    if not _is_readable(text, problems):
        return
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    reader = read_json if problems.file.lower().endswith(".json") else read_yaml
    found = list(reader(text, problems))
    lines = text.split("\n")
    starts = [first for first, _ in found]
    for position, (first, root) in enumerate(found):
        last = starts[position + 1] - 1 if position + 1 < len(found) else len(lines)
        first = 1 if position == 0 else first
        try:
            written = _document(root, problems, "\n".join(lines[first - 1 : last]), first)
        except Stop:
            return
        if written is not None:
            yield written


def _is_readable(text: str, problems: Problems) -> bool:
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        problems.add("too-large", Mark(1, 1), TOO_LARGE, SPLIT)
        return False
    found = FORBIDDEN.search(text)
    if found is None:
        return True
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - (text.rfind("\n", 0, found.start()) + 1) + 1
    code = "byte-order-mark" if found.group() == "\ufeff" else "control-character"
    problems.add(code, Mark(line, column), forbidden_character(f"U+{ord(found.group()):04X}"), _SAVE)
    return False


def _document(root: Node, problems: Problems, text: str, first_line: int) -> Written | None:
    """The document with what it holds; None when it has no kind, or is empty."""
    if isinstance(root, Scalar) and root.kind == "null":
        return None
    if not isinstance(root, Mapping):
        problems.add("not-a-document", root.mark, _NOT_A_MAPPING, _mapping_hint(root))
        return None
    kind = _kind(root, problems)
    if kind is None:
        return None
    before = len(problems.issues)
    walk = Walk(problems)
    built = walk.struct(root, struct_shape(BY_KIND[kind]))
    document = built if built is not INVALID and isinstance(built, Document) else None
    return Written(
        kind=kind,
        name=document.name if document else _name(root),
        file=problems.file,
        text=text,
        first_line=first_line,
        root=root,
        document=document,
        sound=document is not None and walk.clean and len(problems.issues) == before,
    )


def _mapping_hint(root: Node) -> Said:
    return WIDE_COLON if isinstance(root, Scalar) and "：" in root.text else _EXAMPLE


def _kind(root: Mapping, problems: Problems) -> str | None:
    kinds = ", ".join(BY_KIND)
    entry = root.entries.get("kind")
    if entry is None:
        message = Said(zh=f"缺少 'kind'；可选：{kinds}", en=f"'kind' is missing; the kinds are: {kinds}")
        problems.add("missing-kind", root.mark, message, _EXAMPLE)
        return None
    node = entry.value
    if isinstance(node, Scalar) and node.kind == "text" and node.text in BY_KIND:
        return node.text
    given = shown(node.text) if isinstance(node, Scalar) else "…"
    near = nearest(given, BY_KIND)
    problems.add(
        "unknown-kind",
        node.mark if isinstance(node, Scalar) and node.text else entry.mark,
        Said(zh=f"未知的 kind '{given}'；可选：{kinds}", en=f"unknown kind '{given}'; the kinds are: {kinds}"),
        Said(zh=f"是不是 '{near}'？", en=f"did you mean '{near}'?") if near else _EXAMPLE,
    )
    return None


def _name(root: Mapping) -> str:
    entry = root.entries.get("name")
    return entry.value.text if entry and isinstance(entry.value, Scalar) else ""


def _expect_one(documents: list[Written], problems: Problems) -> None:
    if len(documents) > 1:
        second = documents[1]
        problems.issues.append(
            Issue(
                code="second-document",
                message=Said(
                    zh="这里只能有一个文档，出现了第二个", en="one document is expected here, and there is a second"
                ),
                file=second.file,
                line=second.root.mark.line,
                column=second.root.mark.column,
                suggestion=Said(zh="删掉 --- 和后面的内容", en="leave out --- and what follows"),
            )
        )
        del documents[1:]
    elif not documents and not problems.issues:
        problems.add("empty-document", Mark(1, 1), Said(zh="没有文档", en="there is no document"), _EXAMPLE)


TOO_LARGE = Said(zh=f"文件超过 {MAX_BYTES // 1_000_000} MB", en=f"the file is larger than {MAX_BYTES // 1_000_000} MB")
SPLIT = Said(zh="拆成几个文件", en="split it into several files")
_NOT_A_MAPPING = Said(
    zh="文档必须是一个映射（键: 值），而不是文本或列表", en="a document is a mapping (key: value), not text or a list"
)
_EXAMPLE = Said(zh="例如 kind: metric", en="for example kind: metric")
_SAVE = Said(
    zh="用 UTF-8（无 BOM）保存文件，删掉这个字符", en="save the file as UTF-8 without BOM, without this character"
)
