"""The live release's documents, for reading: what each says, what it uses, and what uses it."""

from collections.abc import Sequence

from engine.lineage import CONNECTION, Direction, Lineage, Node, lineage_of, tree
from runtime.board.formula_words import formula_words
from runtime.board.marks import name_of
from runtime.board.rule_words import condition_words
from runtime.board.workbench import DocumentLine, DocumentView, LineageLine, ReleaseLine, WorkbenchView
from runtime.drafts.copy import WorkingCopy, working_copy
from runtime.releases.live import list_releases
from runtime.releases.prepared import Prepared
from runtime.releases.rows import ReleaseRow
from runtime.tenancy import rows
from schema_defs.base import Document, kind_of
from schema_defs.metric import Metric
from schema_defs.release import KINDS
from schema_defs.rule import Rule
from schema_defs.text import Text

_ORDER = {str(kind.__struct_config__.tag): place for place, kind in enumerate(KINDS)}


async def build_workbench(
    configured: Prepared, *, kind: str | None = None, name: str | None = None
) -> WorkbenchView | None:
    """The documents and releases; None for a document that the live release does not hold."""
    copy = await working_copy(configured.tenant)
    documents = sorted(configured.release.documents, key=lambda each: (_ORDER[kind_of(each)], each.name))
    chosen = next((each for each in documents if (kind_of(each), each.name) == (kind, name)), None)
    if name and chosen is None:
        return None
    chosen = chosen or next((each for each in documents if isinstance(each, Rule)), next(iter(documents), None))
    return WorkbenchView(
        documents=_lines(copy, documents),
        chosen=await _document(configured, chosen) if chosen else None,
        releases=await _releases(configured),
    )


def _lines(copy: WorkingCopy, live: Sequence[Document]) -> tuple[DocumentLine, ...]:
    """The live documents and the new drafts, by kind and name."""
    labels: dict[tuple[str, str], Text] = {(kind_of(each), each.name): each.label or each.name for each in live}
    found = [
        DocumentLine(kind=kind, name=name, label=labels.get((kind, name), name), draft=each.draft, removed=each.removed)
        for (kind, name), each in copy.documents.items()
    ]
    return tuple(sorted(found, key=lambda line: (_ORDER[line.kind], line.name)))


async def _document(configured: Prepared, document: Document) -> DocumentView:
    me, lineage = Node(kind_of(document), document.name), lineage_of(configured.release)
    stored = (await rows(ReleaseRow, configured.tenant).get(number=configured.number)).documents
    text = next((each["text"] for each in stored if (each["kind"], each["name"]) == (me.kind, me.name)), "")
    return DocumentView(
        kind=me.kind,
        name=me.name,
        label=document.label or document.name,
        text=text,
        sentence=_sentence(configured, document),
        reads=_tree(lineage, me, "down"),
        used_by=_tree(lineage, me, "up"),
    )


def _tree(lineage: Lineage, start: Node, direction: Direction) -> tuple[LineageLine, ...]:
    """The tree below a document; a raw column leads to its source itself, so the source has no line of its own there."""
    return tuple(
        LineageLine(
            depth=line.depth,
            kind=line.node.kind,
            name=line.node.name,
            label=lineage.labels[line.node],
            document=(line.node.document.kind, line.node.document.name),
            through=line.through,
            again=line.again,
        )
        for line in tree(lineage, start, direction)[1:]
        if line.through != CONNECTION
    )


def _sentence(configured: Prepared, document: Document) -> Text | None:
    match document:
        case Rule():
            return condition_words(configured, document)
        case Metric():
            return document.meaning or formula_words(configured, document.name)
        case _:
            return None


async def _releases(configured: Prepared) -> tuple[ReleaseLine, ...]:
    return tuple(
        ReleaseLine(
            number=each.number,
            published_at=each.published_at.astimezone(configured.calendar.tz),
            published_by=name_of(configured, each.published_by) or each.published_by,
            note=each.note,
            digest=each.hash[:16],
            live=each.live,
        )
        for each in await list_releases(configured.tenant)
    )
