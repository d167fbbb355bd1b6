"""The geometry of the small pictures: bars and sparklines as numbers for SVG attributes, since a strict CSP allows no style attribute."""

from collections.abc import Sequence

import msgspec


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
    """A line of the values over their own range; the pace shares that range."""
    known = [value for value in (*values, *pace) if value is not None]
    if len(known) < 2:
        return Spark((), "", None)
    low, high = min(known), max(known)
    spread = (high - low) or 1.0
    step = (width - 2 * pad) / max(len(values) - 1, len(pace) - 1, 1)

    def place(index: int, value: float) -> tuple[float, float]:
        return round(pad + index * step, 1), round(height - pad - (value - low) / spread * (height - 2 * pad), 1)

    runs: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(values):
        if value is not None:
            runs[-1].append(place(index, value))
        elif runs[-1]:
            runs.append([])
    drawn = [run for run in runs if run]
    line = " ".join(f"{x},{y}" for x, y in (place(i, v) for i, v in enumerate(pace) if v is not None))
    return Spark(tuple(" ".join(f"{x},{y}" for x, y in run) for run in drawn), line, drawn[-1][-1] if drawn else None)
