"""What can go wrong, by whose fault it is.

DuiqiError
├── AuthorError      a document, an expression or a file says something that cannot be (the author mends it)
├── UsageError       the command or the request was put wrongly (the caller mends it)
├── OutsideError     a source or a channel failed (`permanent` decides whether trying again can help)
├── ConflictError    two people changed the same thing
└── RefusedError     this person may not do that
"""

from schema_defs.text import Said


class DuiqiError(Exception):
    """The root of all errors that a person is told about; `said` names place, value, what is allowed and the mend."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.en)
        self.said = said


class AuthorError(DuiqiError):
    """A document, an expression or a data file says something that cannot be."""


class UsageError(DuiqiError):
    """The command or the request was put wrongly."""


class ConflictError(DuiqiError):
    """Somebody else changed the same thing in between."""


class RefusedError(DuiqiError):
    """The person may not do that."""


class OutsideError(DuiqiError):
    """A source or a channel failed; `permanent` says that trying again cannot help."""

    def __init__(self, said: Said, *, permanent: bool, retry_after: float | None = None) -> None:
        super().__init__(said)
        self.permanent = permanent
        self.retry_after = retry_after
