"""Random cases for the evaluators: an expression and a few rows, made from a flavour and a seed alone."""

# ruff: noqa: DTZ001  # values of the language are local times without a zone

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from engine.expression import Value

Make = Callable[[Random], Value]
Rows = list[dict[str, Value]]


def number(random: Random) -> Value:
    return random.choice(
        [
            0.0,
            -0.0,
            1.0,
            float(random.randint(-9, 9)),
            random.randint(-99999, 99999) / 100,
            random.uniform(-1e6, 1e6),
            random.uniform(-1, 1) * 10.0 ** random.randint(-300, 300),
            1.005,
            2.675,
            2.0**53,
            1e308,
            5e-324,
        ]
    )


def extreme_number(random: Random) -> Value:
    """At the ends of the doubles, at ties, and where two numbers are just equal or just not."""
    base = random.choice(
        [1.7976931348623157e308, 5e-324, 2.2250738585072014e-308, 2.0**53, 1e15, 1e-9, 1e-12, 0.5, 1.0]
    )
    scaled = base * random.choice([1, -1, 0.5, 1 + 1e-12, 1 - 1e-12, 1 + 2e-12, 1 + 1e-9])
    if abs(scaled) > 1.7976931348623157e308:
        scaled = base
    return random.choice([scaled, random.randint(-(10**6), 10**6) + 0.5, random.randint(-(10**6), 10**6) / 1000, -0.0])


def text(random: Random) -> Value:
    return random.choice(
        ["", "A", "a", "B", "高毛利", " 高 ", "01", "1", "2026-01-02", "2026-02-30", "ß", "İ", "x" * 3000]
    )


def chinese_text(random: Random) -> Value:
    return "".join(random.choice("高毛利华东区域销售额订单一二三Ａａ０　 𠮷é") for _ in range(random.randrange(5)))


def long_text(random: Random) -> Value:
    return random.choice(["x", "ß", "高", "ŉ"]) * random.choice([1, 3333, 4999, 5000, 5001, 9999, 10_000])


def day(random: Random) -> Value:
    return random.choice(
        [date.fromordinal(random.randint(738000, 740000)), date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29)]
    )


def moment(random: Random) -> Value:
    return random.choice(
        [
            datetime(2026, 1, 2),
            datetime(1969, 12, 31, 23, 59, 59, 999999),
            datetime(9999, 12, 31, 23),
            datetime(1, 1, 1),
        ]
    )


def edge_day(random: Random) -> Value:
    """Around month ends, leap days, week ends and the end of the calendar."""
    around = date(random.choice([2, 1900, 1969, 2000, 2024, 2026, 2100, 9999]), random.choice([1, 2, 3, 12]), 1)
    return around + timedelta(days=random.randint(-3, 28))


def edge_moment(random: Random) -> Value:
    found = edge_day(random)
    assert isinstance(found, date)
    return datetime(found.year, found.month, found.day) + timedelta(microseconds=random.choice([0, 1, 86_399_999_999]))


def truth(random: Random) -> Value:
    return random.random() < 0.5


@dataclass(frozen=True)
class Flavour:
    """What the rows hold, how often it is missing or of another kind, and how deep the expressions are."""

    make: Mapping[str, Make] = field(default_factory=dict)
    names: Mapping[str, Sequence[str]] = field(default_factory=lambda: _NAMES)
    literals: Mapping[str, Sequence[str]] = field(default_factory=dict)
    missing: float = 0.12
    stray: float = 0.06
    depth: tuple[int, int] = (1, 3)

    def literal(self, kind: str) -> Sequence[str]:
        return self.literals.get(kind, _LITERALS[kind])

    def row(self, random: Random) -> dict[str, Value]:
        makers = {kind: self.make.get(kind, make) for kind, make in _MAKE.items()}
        every = list(makers.values())
        row: dict[str, Value] = {"gone": None, "anything": random.choice(every)(random)}
        for kind, names in self.names.items():
            for name in names:
                luck = random.random()
                made = None if luck < self.missing else makers[kind](random)
                row[name] = random.choice(every)(random) if self.missing <= luck < self.missing + self.stray else made
        return row


_NAMES = {"number": ("金额", "cost", "n"), "text": ("状态", "t"), "day": ("日期",), "moment": ("at",), "truth": ("ok",)}
_CHINESE = {
    "number": ("金额", "成本", "数量_1"),
    "text": ("状态", "客户"),
    "day": ("下单日期",),
    "moment": ("更新时间",),
    "truth": ("已付款",),
}
_MAKE: dict[str, Make] = {"number": number, "text": text, "day": day, "moment": moment, "truth": truth}
_LITERALS: dict[str, Sequence[str]] = {
    "number": ("0", "1", "-1", "0.1", "2.5", "100", "1e-9", "1e308", "None"),
    "text": ("'A'", "''", "'高毛利'", "'01'", "'2026-01-02'"),
    "day": ("date('2026-01-02')",),
    "truth": ("true", "false", "None"),
}
FLAVOURS: dict[str, Flavour] = {
    "mixed": Flavour(),
    "extreme": Flavour(
        make={"number": extreme_number},
        literals={
            "number": ("1.7976931348623157e308", "5e-324", "1e-9", "1e-12", "9007199254740993", "0.5", "-0.0", "12")
        },
    ),
    "chinese": Flavour(
        make={"text": chinese_text},
        names=_CHINESE,
        literals={"text": ("'高毛利'", "'华东'", "'𠮷'", "'　'", "'区域 一'")},
    ),
    "dates": Flavour(
        make={"day": edge_day, "moment": edge_moment, "number": edge_day},
        literals={"day": ("date('2024-02-29')", "date('9999-12-31')", "date('0001-01-01')")},
    ),
    "long": Flavour(make={"text": long_text}, literals={"text": ("'ß'", "''", "'ŉ'")}),
    "missing": Flavour(missing=0.6, stray=0.02),
    "deep": Flavour(missing=0.05, stray=0.005, depth=(4, 6)),
}


class Grammar:
    """Texts of expressions, each part of the kind that its place asks for, most of the time."""

    def __init__(self, random: Random, flavour: Flavour) -> None:
        self.random = random
        self.flavour = flavour

    def _leaf(self, *kinds: str) -> str:
        named = [name for kind in kinds for name in self.flavour.names[kind]]
        return self.random.choice([*named, "anything", "gone", *self.flavour.literal(kinds[0])])

    def number(self, depth: int) -> str:
        if depth == 0:
            return self._leaf("number")
        deeper = depth - 1
        match self.random.randrange(9):
            case 0 | 1 | 2:
                sign = self.random.choice(["+", "-", "*", "/", "//", "%", "**"])
                return f"({self.number(deeper)} {sign} {self.number(deeper)})"
            case 3:
                return f"{self.random.choice('-+')}{self.number(deeper)}"
            case 4:
                return f"({self.number(deeper)} if {self.truth(deeper)} else {self.number(deeper)})"
            case 5:
                name = self.random.choice(["min", "max", "coalesce", "round"])
                return f"{name}({self.number(deeper)}, {self.number(deeper)})"
            case 6:
                name = self.random.choice(["abs", "round", "floor", "ceil"])
                return f"{name}({self.number(deeper)})"
            case 7:
                name = self.random.choice(["days_between", "working_days_between"])
                return f"{name}({self.day(deeper)}, {self.day(deeper)})"
            case _:
                name = self.random.choice(["year", "quarter", "month", "day", "weekday", "length"])
                return f"{name}({self.text(deeper) if name == 'length' else self.day(deeper)})"

    def text(self, depth: int) -> str:
        if depth == 0:
            return self._leaf("text")
        deeper = depth - 1
        match self.random.randrange(4):
            case 0:
                return f"({self.text(deeper)} + {self.text(deeper)})"
            case 1:
                return f"({self.text(deeper)} if {self.truth(deeper)} else {self.text(deeper)})"
            case 2:
                return f"coalesce({self.text(deeper)}, {self.text(deeper)})"
            case _:
                return f"{self.random.choice(['lower', 'upper', 'trim', 'map_value'])}({self.text(deeper)})"

    def day(self, depth: int) -> str:
        if depth == 0:
            luck = self.random.random()
            return (
                "today()"
                if luck < 0.1
                else f"date({self._leaf('text')})"
                if luck < 0.14
                else self._leaf("day", "moment")
            )
        return f"{self.random.choice(['min', 'max', 'coalesce'])}({self.day(depth - 1)}, {self.day(depth - 1)})"

    def truth(self, depth: int) -> str:
        if depth == 0:
            return self._leaf("truth")
        deeper = depth - 1
        match self.random.randrange(7):
            case 0 | 1:
                of = self.random.choice([self.number, self.text, self.day])
                sign = self.random.choice(["==", "!=", "<", "<=", ">", ">="])
                return f"({of(deeper)} {sign} {of(deeper)})"
            case 2:
                of = self.random.choice([self.number, self.text])
                items = ", ".join(of(min(deeper, 1)) for _ in range(self.random.randrange(6)))
                return f"({of(deeper)} {self.random.choice(['in', 'not in'])} [{items}])"
            case 3:
                word = self.random.choice(["and", "or"])
                return f"({self.truth(deeper)} {word} {self.truth(deeper)})"
            case 4:
                return f"(not {self.truth(deeper)})"
            case 5:
                return f"is_missing({self.random.choice([self.number, self.text, self.day])(deeper)})"
            case _:
                name = self.random.choice(["contains", "starts_with", "ends_with"])
                return f"{name}({self.text(deeper)}, {self.text(deeper)})"


def case_of(seed: int, flavour: str = "mixed") -> tuple[str, Rows]:
    """The expression and its one to four rows."""
    random, flavoured = Random(seed), FLAVOURS[flavour]
    grammar = Grammar(random, flavoured)
    of = random.choice([grammar.number, grammar.text, grammar.day, grammar.truth])
    return of(random.randint(*flavoured.depth)), [flavoured.row(random) for _ in range(random.randint(1, 4))]
