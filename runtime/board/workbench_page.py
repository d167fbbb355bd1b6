"""The live release's documents, for reading: what each says, what it uses, and what uses it."""

from collections.abc import Iterator

from engine.checks.formulas import inputs_of
from engine.checks.references import references_of
from runtime.board.formula_words import formula_words
from runtime.board.marks import name_of
from runtime.board.rule_words import condition_words
from runtime.board.workbench import DocumentLine, DocumentView, ReleaseLine, WorkbenchView
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
Name = tuple[str, str]
"""Kind and name of a document."""


async def build_workbench(
    configured: Prepared, *, kind: str | None = None, name: str | None = None
) -> WorkbenchView | None:
    """The documents and releases; None for a document that the live release does not hold."""
    documents = sorted(configured.release.documents, key=lambda each: (_ORDER[kind_of(each)], each.name))
    chosen = next((each for each in documents if (kind_of(each), each.name) == (kind, name)), None)
    if name and chosen is None:
        return None
    chosen = chosen or next((each for each in documents if isinstance(each, Rule)), next(iter(documents), None))
    return WorkbenchView(
        documents=tuple(_line(each) for each in documents),
        chosen=await _document(configured, chosen) if chosen else None,
        releases=await _releases(configured),
    )


def _line(document: Document) -> DocumentLine:
    return DocumentLine(kind=kind_of(document), name=document.name, label=document.label or document.name)


async def _document(configured: Prepared, document: Document) -> DocumentView:
    me, by_name = (kind_of(document), document.name), {(kind_of(d), d.name): d for d in configured.release.documents}
    uses = {key: frozenset(_uses(each)) for key, each in by_name.items()}
    stored = (await rows(ReleaseRow, configured.tenant).get(number=configured.number)).documents
    text = next((each["text"] for each in stored if (each["kind"], each["name"]) == me), "")
    return DocumentView(
        kind=me[0],
        name=me[1],
        label=document.label or document.name,
        text=text,
        sentence=_sentence(configured, document),
        used_by=tuple(_line(by_name[key]) for key, names in uses.items() if me in names and key != me),
        uses=tuple(_line(by_name[name]) for name in sorted(uses[me]) if name in by_name and name != me),
    )


def _uses(document: Document) -> Iterator[Name]:
    for _, kind, name in references_of(document):
        if name is not None:
            yield kind, name
    if isinstance(document, Metric):
        for name in inputs_of(document):
            yield "metric", name


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
