"""`duiqi eval --each`: what every evaluator said of every line, beside the others."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from runtime.offline.evaluation import (
    ENGINES,
    Answer,
    Case,
    Engine,
    Outcome,
    case_of_line,
    differ,
    outcomes_of,
    written,
)
from schema_defs.text import Lang, Said

_WIDEST = {"id": 12, "expression": 56}
_ANSWER = 14


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One expression with what each evaluator said; `id` is as given, or the number of the line."""

    id: object
    expression: str
    answers: dict[Engine, Answer]
    same: bool

    def row(self) -> dict[str, object]:
        """As `--json` prints it."""
        return {"id": self.id, "expression": self.expression, "same": self.same, "engines": self.answers}


def side_by_side(
    lines: Iterable[bytes], today: date | None = None, engines: Sequence[Engine] = ENGINES, lang: Lang = "en"
) -> Iterator[Line]:
    """Every JSON line of cases answered by every evaluator; a line that is no case is refused for all."""
    for number, line in enumerate(lines, start=1):
        identity, case = case_of_line(line, today)
        if isinstance(case, Case):
            expression, outcomes = case.expression, outcomes_of(case, engines)
        else:
            expression, outcomes = "", dict.fromkeys(engines, Outcome(kind="input", said=case.said))
        answers = {engine: outcome.answer(lang) for engine, outcome in outcomes.items()}
        yield Line(id=identity.get("id", number), expression=expression, answers=answers, same=not differ(outcomes))


def table(lines: Iterable[Line], engines: Sequence[Engine], lang: Lang) -> Iterator[str]:
    """A row per expression, the evaluators as columns; under a refusal stands its sentence, once."""
    head: dict[str, str] = {"id": "id", "expression": _EXPRESSION.in_(lang)} | {
        str(engine): engine for engine in engines
    }
    yield _row(head, _SAME.in_(lang))
    for line in lines:
        cells = {"id": str(line.id), "expression": line.expression}
        cells |= {engine: _cell(answer) for engine, answer in line.answers.items()}
        yield _row(cells, (_YES if line.same else _NO).in_(lang))
        for said in dict.fromkeys(str(answer["error"]) for answer in line.answers.values() if "error" in answer):
            yield f"    {said}"


def total(lines: Sequence[Line], lang: Lang) -> str:
    """How many there were, how many were refused, and how many differed."""
    refused = sum(all("error" in answer for answer in line.answers.values()) for line in lines)
    differing = sum(not line.same for line in lines)
    said = Said(
        zh=f"{len(lines)} 个表达式，{refused} 个被拒绝，{differing} 个结果不一致",
        en=f"{len(lines)} expression{'' if len(lines) == 1 else 's'}, {refused} refused, {differing} with a difference",
    )
    return said.in_(lang)


def _row(cells: Mapping[str, str], same: str) -> str:
    return " | ".join([*(_wide(cell, _WIDEST.get(name, _ANSWER)) for name, cell in cells.items()), same])


def _cell(answer: Answer) -> str:
    """The value as JSON, or the kind of the error."""
    return str(answer["kind"]) if "error" in answer else written({"": answer["value"]})[5:-1]


def _wide(text: str, width: int) -> str:
    """The text on one line, cut or filled to so many columns; a Chinese character takes two."""
    line = "".join(each if each.isprintable() else " " for each in text)
    if sum(map(_columns, line)) <= width:
        return line + " " * (width - sum(map(_columns, line)))
    while sum(map(_columns, line)) > width - 1:
        line = line[: max(width, len(line) // 2)] if len(line) > 2 * width else line[:-1]
    return line + "…" + " " * (width - 1 - sum(map(_columns, line)))


def _columns(character: str) -> int:
    return 0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")


_EXPRESSION = Said(zh="表达式", en="expression")
_SAME = Said(zh="一致？", en="same?")
_YES = Said(zh="是", en="yes")
_NO = Said(zh="否", en="NO")
