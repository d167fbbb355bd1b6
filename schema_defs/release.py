"""All documents of a configuration as one value."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from schema_defs.base import Document
from schema_defs.board import Board
from schema_defs.calendar import Calendar
from schema_defs.case import Case
from schema_defs.channel import Channel
from schema_defs.dataset import Dataset
from schema_defs.meeting import Meeting
from schema_defs.message import Message
from schema_defs.metric import Metric
from schema_defs.organisation import Organisation
from schema_defs.plan import Plan
from schema_defs.rule import Rule
from schema_defs.scorecard import Scorecard
from schema_defs.source import Source

KINDS: tuple[type[Document], ...] = (
    Calendar, Organisation, Dataset, Source, Metric, Plan, Scorecard, Rule, Channel, Message, Board, Meeting, Case,
)  # fmt: skip
"""The registry of document kinds: adding one touches its own module and this line."""

BY_KIND: dict[str, type[Document]] = {str(kind.__struct_config__.tag): kind for kind in KINDS}

D = TypeVar("D", bound=Document)


class Release(msgspec.Struct, frozen=True):
    """An immutable set of documents; names are unique per kind."""

    documents: tuple[Document, ...] = ()

    def of(self, kind: type[D]) -> dict[str, D]:
        """The documents of one kind by name, in the order in which they were read."""
        return {document.name: document for document in self.documents if type(document) is kind}

    @property
    def datasets(self) -> dict[str, Dataset]:
        return self.of(Dataset)

    @property
    def sources(self) -> dict[str, Source]:
        return self.of(Source)

    @property
    def metrics(self) -> dict[str, Metric]:
        return self.of(Metric)

    @property
    def plans(self) -> dict[str, Plan]:
        return self.of(Plan)

    @property
    def scorecards(self) -> dict[str, Scorecard]:
        return self.of(Scorecard)

    @property
    def rules(self) -> dict[str, Rule]:
        return self.of(Rule)

    @property
    def channels(self) -> dict[str, Channel]:
        return self.of(Channel)

    @property
    def messages(self) -> dict[str, Message]:
        return self.of(Message)

    @property
    def boards(self) -> dict[str, Board]:
        return self.of(Board)

    @property
    def meetings(self) -> dict[str, Meeting]:
        return self.of(Meeting)

    @property
    def cases(self) -> dict[str, Case]:
        return self.of(Case)

    @property
    def calendar(self) -> Calendar:
        """The one calendar, or Monday to Friday, Asia/Shanghai, closing at 18:00."""
        return next(iter(self.of(Calendar).values()), Calendar())

    @property
    def organisation(self) -> Organisation | None:
        """The one organisation, or None: keys are then taken from the records."""
        return next(iter(self.of(Organisation).values()), None)

    def source_of(self, dataset: str) -> Source | None:
        """The first source that fills the dataset."""
        return next((source for source in self.sources.values() if source.dataset == dataset), None)


def release_of(documents: Iterable[Document]) -> Release:
    return Release(documents=tuple(documents))
