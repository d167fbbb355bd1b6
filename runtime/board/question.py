"""What is asked of a number, and the address that asks it: `METRIC:SCOPE:KEY[@DAY][~DAY|~MONTH]`."""

import re
from datetime import date

import msgspec

from schema_defs.rule import SCOPE_KINDS, ScopeKind

_MONTH = re.compile(r"[1-9][0-9]{3}-(0[1-9]|1[0-2])")


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Why a number is what it is, or with `since` or `against` what led to it; `page` is that of its records.

    `day` is the past day at whose end the number stood, without it today; `since` an earlier day of the month; `against` an earlier month.
    """

    metric: str
    scope: ScopeKind
    key: str
    day: date | None = None
    since: date | None = None
    against: str | None = None
    page: int = 1


def question_of(address: str, page: int = 1) -> Question | None:
    """The question of an address; None where it is none."""
    metric, _, rest = address.partition(":")
    kind, _, key = rest.partition(":")
    scope = next((each for each in SCOPE_KINDS if each == kind), None)
    if not metric or scope is None or not key:
        return None
    key, against = _of_month(key)
    key, since = _dated(key, "~")
    key, day = _dated(key, "@")
    return Question(metric=metric, scope=scope, key=key, day=day, since=since, against=against, page=page)


def _of_month(key: str) -> tuple[str, str | None]:
    """The key, and the month behind its last `~` where there is one."""
    before, _, month = key.rpartition("~")
    return (before, month) if before and _MONTH.fullmatch(month) else (key, None)


def _dated(key: str, sign: str) -> tuple[str, date | None]:
    """The key, and the day behind its last `sign` where there is one: `@` a past day, `~` the day since when."""
    before, _, after = key.rpartition(sign)
    try:
        return (before, date.fromisoformat(after)) if before and len(after) == len("2026-06-10") else (key, None)
    except ValueError:
        return key, None
