"""The geometry of the small pictures: bars and sparklines as numbers for SVG attributes, since a strict CSP allows no style attribute."""

from collections.abc import Sequence

import msgspec

LEAST_SPREAD = 0.06
"""Six points: a smaller movement is not drawn as if it were a large one."""


class Bar(msgspec.Struct, frozen=True):
    """Per mille of the track: how far the fill reaches, where the tick stands (None: no pace)."""

    fill: int
    tick: int | None


def bar(attainment: float | None, pace: float | None) -> Bar:
    """The track is the whole target; what is above it fills the track."""
    return Bar(_per_mille(attainment or 0.0), None if pace is None else _per_mille(pace))


def _per_mille(value: float) -> int:
    return round(min(max(value, 0.0), 1.0) * 1000)


class Spark(msgspec.Struct, frozen=True):
    """SVG points: runs of the line (a gap splits it), the pace's line, and the last point."""

    lines: tuple[str, ...]
    pace: str
    end: tuple[float, float] | None


def spark(
    values: Sequence[float | None],
    pace: Sequence[float | None] = (),
    width: int = 64,
    height: int = 20,
    pad: float = 2.5,
) -> Spark:
    """A line of the values over their own range. With a pace, of how far each day was from it, and the pace is a level line."""
    drawn_values = _from_pace(values, pace) if pace else values
    known = [value for value in drawn_values if value is not None] + ([0.0] if pace else [])
    if len(known) < 2:
        return Spark((), "", None)
    spread = max(max(known) - min(known), LEAST_SPREAD)
    low = (max(known) + min(known) - spread) / 2
    step = (width - 2 * pad) / max(len(drawn_values) - 1, 1)

    def place(index: int, value: float) -> tuple[float, float]:
        return round(pad + index * step, 1), round(height - pad - (value - low) / spread * (height - 2 * pad), 1)

    runs = _runs([None if value is None else place(index, value) for index, value in enumerate(drawn_values)])
    level = place(0, 0.0)[1]
    return Spark(
        tuple(" ".join(f"{x:g},{y:g}" for x, y in run) for run in runs),
        f"{pad:g},{level:g} {width - pad:g},{level:g}" if pace else "",
        runs[-1][-1] if runs else None,
    )


def _from_pace(values: Sequence[float | None], pace: Sequence[float | None]) -> list[float | None]:
    return [None if value is None or due is None else value - due for value, due in zip(values, pace, strict=False)]


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """Neighbouring points together; a missing one splits them."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is not None:
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
