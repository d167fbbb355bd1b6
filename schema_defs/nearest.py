"""The known name that a mistyped one probably means."""

from collections.abc import Iterable
from difflib import get_close_matches

from schema_defs.text import Said

_LISTED = 12


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The most similar known name, or None when none is similar."""
    by_folded = {other.casefold(): other for other in known}
    folded = name.strip().casefold()
    found = get_close_matches(folded, list(by_folded), n=1, cutoff=0.6) if len(folded) <= 80 else []
    return by_folded[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> Said | None:
    """A suggestion: the near name, else the known ones; None when nothing is known."""
    names = list(known)
    if near := nearest(name, names):
        return Said(zh=f"是不是 '{near}'？", en=f"did you mean '{near}'?")
    if not names:
        return None
    shown = listed(names)
    return Said(zh=f"可用的有：{shown.zh}", en=f"known are: {shown.en}")


def listed(names: Iterable[str]) -> Said:
    """Up to a dozen names, and how many more there are."""
    known = list(names)
    shown, more = known[:_LISTED], len(known) - _LISTED
    return Said(
        zh="、".join(shown) + (f" 等 {len(known)} 个" if more > 0 else ""),
        en=", ".join(shown) + (f" and {more} more" if more > 0 else ""),
    )
