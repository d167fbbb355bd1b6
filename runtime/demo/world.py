"""The made-up company: who sells what to whom, and how much is to be expected of whom."""

import random
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import msgspec

from engine.periods import month_of
from schema_defs.organisation import Organisation

REGION_WEIGHTS: Mapping[str, int] = {
    "shanghai": 82, "nanjing": 44, "hangzhou": 56, "hefei": 24, "guangzhou": 58, "shenzhen": 60, "xiamen": 26,
    "changsha": 24, "beijing": 54, "tianjin": 24, "jinan": 30, "shenyang": 15, "chengdu": 24, "xian": 9,
}  # fmt: skip
MONTH_WEIGHTS = (6, 5, 9, 8, 8, 10, 7, 8, 10, 8, 9, 12)
YEAR_TOTALS: Mapping[int, float] = {2025: 480e6, 2026: 530e6}
"""What the company sells in a year, in CNY; the plans of the reference configuration ask for as much."""

PRODUCTS = (
    ("数控主轴 S8", "A10"), ("伺服驱动 D3", "A20"), ("减速机 R5", "B10"), ("液压泵 P2", "B20"), ("输送线 L1", "B10"),
    ("控制柜 C4", "A10"), ("备件包", "C10"), ("激光头 F9", "A20"), ("气动阀组", "B20"),
)  # fmt: skip
HIGH_MARGIN_GROUPS = ("A10", "A20")
_PLACES = (
    "苏州", "无锡", "宁波", "常州", "佛山", "东莞", "青岛", "大连", "重庆", "武汉", "郑州", "合肥", "泉州", "温州", "昆山",
)  # fmt: skip
_TRADES = (
    "精工机械", "汽车零部件", "包装设备", "智能装备", "铸造", "电子科技", "新能源", "纺织机械", "食品机械", "重工",
)  # fmt: skip


class Seller(msgspec.Struct, frozen=True):
    """A seller and the part of the company's daily sales that is to be expected of this person."""

    key: str
    region: str
    share: float


class Spell(msgspec.Struct, frozen=True):
    """A region that sells `factor` times what is usual, from a day to a day (both included)."""

    region: str
    first: date
    last: date
    factor: float


class World(msgspec.Struct, frozen=True):
    """Everything that the made-up orders follow from; the same world writes the same orders."""

    sellers: tuple[Seller, ...]
    seed: int = 2048
    orders_per_day: float = 0.8
    spells: tuple[Spell, ...] = ()
    customers: tuple[str, ...] = tuple(f"{place}{trade}" for place in _PLACES for trade in _TRADES)

    def rng(self, *parts: object) -> random.Random:
        """A stream of chance of its own for each day and seller, so that a day can be made without the days before it."""
        return random.Random(":".join(map(str, (self.seed, *parts))))

    def phase(self, seller: Seller, day: date) -> float:
        """Where a seller stands between two orders when the month begins, from 0 to 1."""
        return _chance(self.seed, month_of(day), f"{seller.key}:phase", 0, 1)

    def strength(self, seller: Seller, day: date) -> float:
        """What a seller sells on a day, as a part of the usual: nobody and no region is the same every month."""
        form = _chance(self.seed, month_of(day), seller.region, 0.93, 1.1) * _chance(
            self.seed, month_of(day), seller.key, 0.88, 1.12
        )
        for spell in self.spells:
            if spell.region == seller.region and spell.first <= day <= spell.last:
                form *= spell.factor
        return form


@lru_cache(maxsize=4096)
def _chance(seed: int, month: str, who: str, low: float, high: float) -> float:
    return random.Random(f"{seed}:{month}:{who}").uniform(low, high)


def year_total(year: int) -> float:
    """What the company sells in a year; years that are not told are like the nearest one."""
    return YEAR_TOTALS[min(max(year, min(YEAR_TOTALS)), max(YEAR_TOTALS))]


def sellers_of(organisation: Organisation) -> tuple[Seller, ...]:
    """The organisation's sellers; a region's share of the company is even among its sellers."""
    homes = {person.key: person.region for person in organisation.people if "seller" in person.roles}
    per_region: dict[str, int] = {}
    for region in homes.values():
        per_region[str(region)] = per_region.get(str(region), 0) + 1
    total = sum(REGION_WEIGHTS.get(region, 10) for region in per_region)
    return tuple(
        Seller(key=key, region=str(region), share=REGION_WEIGHTS.get(str(region), 10) / total / per_region[str(region)])
        for key, region in homes.items()
    )
