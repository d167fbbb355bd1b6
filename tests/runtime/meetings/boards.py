"""Boards by hand: of the size of the reference organisation, and with everything that is rare."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from runtime.board.view import (
    AlertsSection,
    BoardView,
    Cell,
    Column,
    Mark,
    OpenAlert,
    RankingSection,
    Row,
    SourceClock,
    TableSection,
    TilesSection,
    TrendSection,
)
from runtime.meetings.frozen import Frozen
from schema_defs.text import Text

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 8, 8, 0, tzinfo=ZONE)
AREAS: dict[str, tuple[Text, tuple[Text, ...]]] = {
    "east": ({"zh": "华东", "en": "East China"}, (
        {"zh": "上海", "en": "Shanghai"}, {"zh": "南京", "en": "Nanjing"},
        {"zh": "杭州", "en": "Hangzhou"}, {"zh": "合肥", "en": "Hefei"},
    )),
    "south": ({"zh": "华南", "en": "South China"}, (
        {"zh": "广州", "en": "Guangzhou"}, {"zh": "深圳", "en": "Shenzhen"},
        {"zh": "厦门", "en": "Xiamen"}, {"zh": "长沙", "en": "Changsha"},
    )),
    "north": ({"zh": "华北", "en": "North China"}, (
        {"zh": "北京", "en": "Beijing"}, {"zh": "天津", "en": "Tianjin"},
        {"zh": "济南", "en": "Jinan"}, {"zh": "沈阳", "en": "Shenyang"},
    )),
    "west": ({"zh": "西部", "en": "West China"}, (
        {"zh": "成都", "en": "Chengdu"}, {"zh": "西安", "en": "Xi'an"},
    )),
}  # fmt: skip
SELLERS = 68
NAMES = ("何堃", "郭喆", "高玥", "龘䶮", "欧阳文静", "Ž. Dvořák", "Alexandra Montgomery-Fitzgerald")
AMOUNT = Column(metric="signed_amount", label={"zh": "签约额", "en": "Signed amount"}, format="money", currency="CNY")
SHARE = Column(metric="share", label={"zh": "高毛利占比", "en": "High-margin share"}, format="percent", is_rate=True)
RATE = Column(metric="rate", label={"zh": "回款率", "en": "Collection rate"}, format="percent", is_rate=True)
COLUMNS = (AMOUNT, SHARE, RATE)


def cell_of(column: Column, place: int, share: float = 1.0) -> Cell:
    """A number that differs from place to place."""
    done = ((place + 1) * 37 % 101) / 100
    trend = tuple(round(done * step / 5 + (place * step * step) % 7 / 60, 4) for step in range(1, 6))
    if column.is_rate:
        return Cell(metric=column.metric, actual=done, target=0.45, attainment=done / 0.45, pace=1.0, trend=trend)
    target = 5_300_000.0 * share
    return Cell(
        metric=column.metric, actual=target * done, target=target, attainment=done, pace=0.24, gap=done - 0.24,
        gap_amount=target * (done - 0.24), run_rate=target * (1 - done) / 16, projection=target * done / 0.24,
        trend=trend, trend_pace=tuple(step / 21 for step in range(1, 6)),
    )  # fmt: skip


def mark_of(place: int, metric: str = "signed_amount") -> Mark:
    return Mark(
        rule="behind_pace", label={"zh": "连续落后进度", "en": "Behind the pace"}, colour="red", state="firing",
        days=place, needed=3, metric=metric, since=date(2026, 6, 3), alert=f"a{place}",
    )  # fmt: skip


def tree(columns: tuple[Column, ...] = COLUMNS) -> tuple[Row, ...]:
    """The company, four areas, 14 regions and 68 sellers, as a snapshot has them."""
    rows = [row_of("company", "company", {"zh": "全公司", "en": "Company"}, 0, None, columns, 0)]
    sellers = iter(range(SELLERS))
    count = 0
    for area, (label, regions) in AREAS.items():
        rows.append(row_of("region", area, label, 1, "company:company", columns, len(rows)))
        for region in regions:
            key = str(region["en"]).lower() if isinstance(region, dict) else region
            rows.append(row_of("region", key, region, 2, f"region:{area}", columns, len(rows)))
            count += 1
            for seller in [next(sellers) for _ in range(5 if count <= 12 else 4)]:
                name = NAMES[seller] if seller < len(NAMES) else f"销售{seller:02d}"
                rows.append(row_of("person", f"s{seller:02d}", name, 3, f"region:{key}", columns, len(rows)))
    return tuple(rows)


def row_of(scope, key, label, level, parent, columns, place, *, marks=()) -> Row:  # type: ignore[no-untyped-def]
    marks = marks or ((mark_of(3),) if key in ("hefei", "chengdu") else ())
    cells = tuple(cell_of(column, place, 0.02 if scope == "person" else 1.0) for column in columns)
    return Row(scope=scope, key=key, label=label, level=level, parent=parent, cells=cells, marks=marks, open=True)


def alerts() -> tuple[OpenAlert, ...]:
    common = {
        "scope": "region", "rule_label": {"zh": "连续落后进度", "en": "Behind the pace"}, "state": "firing",
        "since": date(2026, 6, 3),
    }  # fmt: skip
    sentence = {"zh": "连续落后进度，第 3 个工作日", "en": "Behind the pace, for 3 working days"}
    return (
        OpenAlert(
            **common, id="a1", key="hefei", scope_label={"zh": "合肥", "en": "Hefei"}, sentence=sentence, colour="red",
            days=3, told={"zh": "何堃", "en": "Kun He"},
        ),
        OpenAlert(
            **common, id="a2", key="chengdu", scope_label={"zh": "成都", "en": "Chengdu"}, sentence=sentence,
            colour="red", days=3, told="黄浩然", answer="promise", answered_by={"zh": "黄浩然", "en": "Haoran Huang"},
            answer_text="客户的采购流程推迟到下周三，#let x = 1 合同已经在法务 *审核* 👍 预计周五前签下两单，之后回到进度。",
        ),
    )  # fmt: skip


def board_of_reference(columns: tuple[Column, ...] = COLUMNS) -> BoardView:
    """The board of the reference organisation."""
    rows = tree(columns)
    return BoardView(
        name="war_room", title={"zh": "作战室", "en": "War room"},
        organisation={"zh": "精衡工业设备", "en": "Jingheng Industrial Equipment"},
        scope_label={"zh": "精衡工业设备", "en": "Jingheng Industrial Equipment"}, day=date(2026, 6, 7), month="2026-06",
        working_day=5, working_days=21, complete_up_to=NOW - timedelta(minutes=1), release=3,
        sections=(
            TilesSection(columns=columns[:3], rows=tree(columns[:3])[:1]),
            TableSection(rows_of="regions", columns=columns, rows=rows),
            AlertsSection(which="open", alerts=alerts()),
        ),
        sources=(
            SourceClock(name="orders", label={"zh": "ERP 订单", "en": "ERP orders"}, complete_up_to=NOW),
            SourceClock(name="payments", label={"zh": "ERP 回款", "en": "ERP payments"}, complete_up_to=NOW),
        ),
    )  # fmt: skip


def charts() -> tuple[TrendSection, RankingSection]:
    rows = tree((AMOUNT,))
    regions = tuple(row for row in rows if row.level == 2)
    days = tuple(date(2026, 6, day) for day in (1, 2, 3, 4, 5))
    return TrendSection(columns=(AMOUNT,), rows=rows[:1] + regions, days=days), RankingSection(
        columns=(AMOUNT,), rows=regions
    )


def frozen(board: BoardView) -> Frozen:
    return Frozen(board=board, frozen_at=NOW, code="K7QF-2M9D")
