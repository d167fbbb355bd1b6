"""What an outside system's answer means for us: one class per decision.

OutsideError (schema_defs.errors)
└── ConnectorError
    ├── TransientError        try again with back-off
    ├── RateLimitedError      try again after `retry_after` seconds, not before
    ├── QuotaExhaustedError   nothing goes through before `retry_after` seconds have passed; tell the administrator
    ├── ConfigError           an address, a secret or a setting is wrong: no retry; `disable` closes the whole channel
    └── DataError             this one message or row is refused: no retry, the rest goes on

`uncertain` says that the other side may have taken the request although no proper answer came: a retry repeats the
same key. No secret ever stands in `said` or `answer`.
"""

from typing import ClassVar, Literal

from schema_defs.errors import OutsideError
from schema_defs.text import Said

ErrorClass = Literal["transient", "rate_limited", "quota_exhausted", "config", "data"]

SHOWN = 1000
"""So many characters of an outside answer are kept for people to read."""


class ConnectorError(OutsideError):
    """A call to an outside system failed; the class is the decision, `answer` the start of what was answered."""

    error_class: ClassVar[ErrorClass]
    final: ClassVar[bool]

    def __init__(
        self,
        said: Said,
        *,
        retry_after: float | None = None,
        disable: bool = False,
        uncertain: bool = False,
        answer: str = "",
    ) -> None:
        super().__init__(said, permanent=self.final, retry_after=retry_after)
        self.disable = disable
        self.uncertain = uncertain
        self.answer = answer[:SHOWN]


class TransientError(ConnectorError):
    """The other side or the way to it is disturbed; trying again can help."""

    error_class = "transient"
    final = False


class RateLimitedError(ConnectorError):
    """Too fast; `retry_after` seconds must pass first."""

    error_class = "rate_limited"
    final = False


class QuotaExhaustedError(ConnectorError):
    """A daily or monthly allowance is used up; `retry_after` is the time until it is renewed."""

    error_class = "quota_exhausted"
    final = False


class ConfigError(ConnectorError):
    """An address, a secret or a setting is wrong; somebody has to mend it before anything is sent again."""

    error_class = "config"
    final = True


class DataError(ConnectorError):
    """This message or row is refused as it is; others may pass."""

    error_class = "data"
    final = True
