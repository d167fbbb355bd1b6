"""Split credit: the people of a record and their shares."""

import math
import re
from collections.abc import Mapping, Sequence

from engine.expression.values import Value
from engine.records.coerce import LONGEST_KEY
from engine.records.numbers import parse_percent
from engine.records.wrong import WrongValueError, shown
from schema_defs.dataset import Credit

_NOTHING = 1e-9
"""What doubles add by themselves."""
_BETWEEN = re.compile(r"[;；,，、|]")


class CreditReader:
    """Reads who is credited: `s01; s02` beside `60%; 40%` (or `0.6; 0.4`), or one person with a share."""

    def __init__(self, credit: Credit) -> None:
        self.people = credit.people
        self.share = credit.share

    def reads(self, field: str) -> bool:
        return field in (self.people, self.share)

    def read(self, values: Mapping[str, Value]) -> tuple[tuple[str, float], ...]:
        """Person and share; somebody named twice has the sum.

        Raises WrongValueError when people and shares do not go together, or when more than the whole is given away.
        """
        people = _parts(values.get(self.people))
        shares = _shares(values.get(self.share)) or ([1.0] if len(people) == 1 else [])
        if not people:
            return ()
        if len(people) != len(shares):
            raise WrongValueError(
                f"有 {len(people)} 个人，却有 {len(shares)} 个份额；请写成 s01; s02 和 60%; 40%",
                f"there are {len(people)} people but {len(shares)} shares; write s01; s02 beside 60%; 40%",
            )
        credited: dict[str, float] = {}
        for person, share in zip(people, shares, strict=True):
            credited[person] = credited.get(person, 0.0) + share
        _check_whole(shares)
        return tuple(credited.items())


def _parts(value: Value) -> list[str]:
    people = [part.strip() for part in _BETWEEN.split(value)] if isinstance(value, str) else []
    for person in people:
        if not person or len(person) > LONGEST_KEY:
            raise WrongValueError(
                f"{shown(value)} 中有空的或过长的人员编号", f"{shown(value)} names an empty or too long key"
            )
    return people


def _shares(value: Value) -> list[float]:
    match value:
        case None:
            return []
        case bool():
            raise WrongValueError(f"份额 {shown(value)} 不是数字", f"the share {shown(value)} is no number")
        case float() | int():
            return [_checked(float(value))]
        case str():
            return [_checked(parse_percent(part)) for part in _BETWEEN.split(value)]
        case _:
            raise WrongValueError(f"份额 {shown(value)} 不是数字", f"the share {shown(value)} is no number")


def _checked(share: float) -> float:
    if 0 <= share <= 1:
        return share
    raise WrongValueError(
        f"份额 {shown(share)} 不在 0 到 1 之间；请写成 60% 或 0.6",
        f"the share {shown(share)} is not between 0 and 1; write 60% or 0.6",
    )


def _check_whole(shares: Sequence[float]) -> None:
    """Less than the whole may be credited, never more."""
    total = math.fsum(shares)
    if total > 1 + _NOTHING:
        raise WrongValueError(
            f"份额合计 {total:.4%} 超过 100%；请改小，例如 60%; 40%",
            f"the shares add up to {total:.4%}, more than 100%; make them smaller, such as 60%; 40%",
        )
