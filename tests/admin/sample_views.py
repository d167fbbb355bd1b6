"""Realistic views, so that every page can be rendered and looked at without a database."""

import math
import random
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import msgspec
from ruamel.yaml import YAML

from engine.calendar import calendar_of
from engine.year_plans import with_table
from runtime.backtests.tried import (
    TriedDay,
    TriedEpisode,
    TriedMonth,
    TriedMove,
    TriedNotice,
    TriedPerson,
    TriedRecord,
    TriedScope,
    TriedSide,
    TriedSum,
    TriedView,
    TriedWhy,
)
from runtime.board.alerts import Acknowledgement, AlertsView, AlertWhy, Delivery, StripDay, Transition, Value
from runtime.board.calendar_page import calendar_view
from runtime.board.chat import ChatMessage, ChatView, Conversation, Refusal
from runtime.board.drill import (
    AttainmentChange,
    BridgeDriver,
    BridgeMove,
    BridgeStep,
    BridgeView,
    DayMark,
    Field,
    Line,
    Place,
    RecordTable,
    Share,
    Sync,
    Twig,
    WhyView,
)
from runtime.board.records import (
    BadRow,
    Choice,
    DatasetTab,
    EditField,
    RecordRow,
    RecordsView,
    RecordView,
    Version,
)  # fmt: skip
from runtime.board.snapshots import SnapshotLine, SnapshotsView, SnapshotView
from runtime.board.targets import PlanTab, TargetRow, TargetsView
from runtime.board.view import (
    AlertsSection,
    BoardView,
    Cell,
    Change,
    Column,
    Mark,
    Moved,
    OpenAlert,
    RankingSection,
    Row,
    Section,
    SourceClock,
    TableSection,
    TilesSection,
    TrendSection,
)  # fmt: skip
from runtime.board.viewer import DemoDoor, SignInView, Viewer
from runtime.board.watch import Condition, ReadValue, WatchedDay, WatchView
from runtime.board.workbench import DocumentLine, DocumentView, LineageLine, ReleaseLine, WorkbenchView
from runtime.calendars.table import StoredDay
from schema_defs.calendar import Calendar
from schema_defs.text import Said

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 10, 42, tzinfo=ZONE)
PACE = 16 / 21
COLUMNS = (
    Column(
        metric="signed_amount", label={"zh": "签约额", "en": "Signed amount"}, format="money", currency="CNY",
        meaning={"zh": "本月签下的订单金额；取消和退回的不算。", "en": "What was signed this month; cancelled and returned lines do not count."},
    ),
    Column(
        metric="high_margin_share", label={"zh": "高毛利占比", "en": "High-margin share"}, format="percent", is_rate=True,
        meaning={"zh": "高毛利签约额除以签约额，每一级都由订单重新计算。", "en": "High-margin amount by signed amount; recomputed from the orders at every level."},
    ),
    Column(metric="collection_rate", label={"zh": "回款率", "en": "Collection rate"}, format="percent", is_rate=True),
)  # fmt: skip
MARK = {"zh": "连续落后进度", "en": "Behind the pace"}
MIX = {"zh": "高毛利占比偏低", "en": "Low high-margin share"}
ATTAINED = {
    "shanghai": 0.548, "nanjing": 0.803, "hangzhou": 0.871, "hefei": 0.742, "guangzhou": 0.912, "shenzhen": 0.834,
    "xiamen": 0.689, "changsha": 0.778, "beijing": 0.881, "tianjin": 0.571, "jinan": 0.795, "shenyang": 0.763,
    "chengdu": 1.043, "xian": 0.822,
}  # fmt: skip


@cache
def organisation() -> dict:
    return YAML(typ="safe").load((ROOT / "config/reference/organisation.yaml").read_text(encoding="utf-8"))


def people_of(region: str) -> list[dict]:
    return [p for p in organisation()["people"] if p.get("region") == region and "seller" in p["roles"]]


def manager_of(region: str) -> dict:
    place = next(r for r in organisation()["regions"] if r["key"] == region)
    written = place.get("manager") or f"{place['parent']}_manager"
    return next(p for p in organisation()["people"] if p["key"] == written)["label"]


def target_of(region: str) -> float:
    return round(3_400_000 * (0.7 + len(people_of(region)) / 16), -3)


def total_of(regions: list[dict]) -> tuple[float, float]:
    """Target and attainment of regions together."""
    target = sum(target_of(r["key"]) for r in regions)
    return target, sum(target_of(r["key"]) * ATTAINED[r["key"]] for r in regions) / target


def trend(end: float, pace: float, seed: int, rate: bool) -> tuple[tuple[float, ...], tuple[float, ...]]:
    rng = random.Random(seed)
    days = 16
    if rate:
        values = [round(end + rng.uniform(-0.05, 0.05) * (1 - i / days), 4) for i in range(days - 1)]
        return (*values, end), tuple(1.0 for _ in range(days))
    bend = rng.uniform(0.8, 1.35)
    values = [round(end * ((i + 1) / days) ** bend, 4) for i in range(days)]
    return tuple(values), tuple(round(pace * (i + 1) / days, 4) for i in range(days))


def cells(
    key: str, target: float, attained: float, *, mark: Mark | None = None, late: bool = False
) -> tuple[Cell, ...]:
    seed = sum(map(ord, key))
    rng = random.Random(seed)
    share, collected = round(rng.uniform(0.34, 0.52), 4), round(rng.uniform(0.72, 0.99), 4)
    line, pace_line = trend(attained, PACE, seed, rate=False)
    made = [
        Cell(
            metric="signed_amount", actual=round(target * attained, 2), target=target, attainment=attained, pace=PACE,
            gap=attained - PACE, gap_amount=round(target * (attained - PACE), 2), run_rate=max(0, target * (1 - attained)) / 5,
            projection=target * attained / PACE, trend=line, trend_pace=pace_line, mark=mark,
        )
    ]  # fmt: skip
    for name, actual, wanted in (("high_margin_share", share, 0.45), ("collection_rate", collected, 0.9)):
        line, pace_line = trend(actual / wanted, 1.0, seed + len(name), rate=True)
        is_late = late and name == "collection_rate"
        made.append(
            Cell(
                metric=name, actual=actual, target=wanted, attainment=actual / wanted, pace=1.0, gap=actual / wanted - 1,
                gap_amount=actual - wanted, trend=line, trend_pace=pace_line, late=is_late,
                note={"zh": "回款数据迟到", "en": "payments are late"} if is_late else None,
            )
        )  # fmt: skip
    return tuple(made)


def mark(region: str, **changes: object) -> Mark:
    given = {
        "rule": "behind_pace", "label": MARK, "colour": "red", "state": "firing", "days": 3, "needed": 3,
        "metric": "signed_amount", "since": date(2026, 11, 20), "alert": f"a-{region}", "told": manager_of(region),
    }  # fmt: skip
    return Mark(**(given | changes))


MARKS = {
    "shanghai": lambda: mark("shanghai", days=4, answer="promise", answered_by=manager_of("shanghai")),
    "tianjin": lambda: mark("tianjin"),
    "xiamen": lambda: mark("xiamen", colour="amber", state="pending", days=1, alert=None, told=None),
}


def tree_rows(opened: tuple[str, ...] = (), late: bool = False) -> tuple[Row, ...]:
    regions = organisation()["regions"]
    leaves = [r for r in regions if "parent" in r]
    rows = [
        Row(
            scope="company", key="company", label=organisation()["label"], level=0, children=4, open=True, below=2,
            cells=cells("company", *total_of(leaves), late=late),
        )
    ]  # fmt: skip
    for area in [r for r in regions if "parent" not in r]:
        under = [r for r in leaves if r["parent"] == area["key"]]
        rows.append(
            Row(
                scope="region", key=area["key"], label=area["label"], level=1, parent="company:company", children=len(under),
                open=True, cells=cells(area["key"], *total_of(under), late=late), manager=manager_of(area["key"]),
                below=sum(1 for r in under if r["key"] in ("shanghai", "tianjin")),
            )
        )  # fmt: skip
        for region in under:
            rows.extend(region_rows(region, area["key"], opened, late))
    return tuple(rows)


def region_rows(region: dict, area: str, opened: tuple[str, ...], late: bool) -> list[Row]:
    key = region["key"]
    found = MARKS[key]() if key in MARKS else None
    people = people_of(key)
    target = target_of(key)
    is_open = f"region:{key}" in opened
    made = cells(key, target, ATTAINED[key], mark=found, late=late)
    rows = [
        Row(
            scope="region", key=key, label=region["label"], level=2, parent=f"region:{area}", children=len(people),
            open=is_open, cells=made, marks=(found,) if found else (), manager=manager_of(key),
        )
    ]  # fmt: skip
    for index, person in enumerate(people if is_open else []):
        own = ATTAINED[key] * (0.75 + 0.5 * math.sin(index + len(key)) ** 2)
        rows.append(
            Row(
                scope="person", key=person["key"], label=person["label"], level=3, parent=f"region:{key}",
                cells=cells(person["key"], round(target / len(people), -3), round(own, 4), late=late),
            )
        )  # fmt: skip
    return rows


def open_alerts() -> tuple[OpenAlert, ...]:
    sentence = {"zh": "连续 {} 个工作日低于进度的 80%", "en": "{} working days in a row below 80% of the pace"}
    return (
        OpenAlert(
            id="a-tianjin", scope="region", key="tianjin", scope_label={"zh": "天津", "en": "Tianjin"}, rule_label=MARK,
            sentence={k: v.format(3) for k, v in sentence.items()}, colour="red", state="firing", days=3,
            since=date(2026, 11, 19), told=manager_of("tianjin"), told_at=datetime(2026, 11, 23, 18, 0, tzinfo=ZONE),
        ),
        OpenAlert(
            id="a-shanghai", scope="region", key="shanghai", scope_label={"zh": "上海", "en": "Shanghai"}, rule_label=MARK,
            sentence={k: v.format(4) for k, v in sentence.items()}, colour="red", state="firing", days=4,
            since=date(2026, 11, 18), told=manager_of("shanghai"), told_at=datetime(2026, 11, 20, 18, 0, tzinfo=ZONE),
            answer="promise", answered_by=manager_of("shanghai"),
            answer_text="临港两单合同已在法务，11月27日前签回。",
        ),
        OpenAlert(
            id="a-xiamen", scope="region", key="xiamen", scope_label={"zh": "厦门", "en": "Xiamen"}, rule_label=MARK,
            sentence={"zh": "1 个工作日低于进度的 80%（3 天才提醒）", "en": "1 working day below 80% of the pace (it takes 3)"},
            colour="amber", state="pending", days=1, since=date(2026, 11, 23),
        ),
    )  # fmt: skip


def sources(late: bool = False) -> tuple[SourceClock, ...]:
    return (
        SourceClock(name="erp_orders", label={"zh": "ERP 订单", "en": "ERP orders"}, complete_up_to=NOW),
        SourceClock(
            name="erp_payments", label={"zh": "ERP 回款", "en": "ERP payments"},
            complete_up_to=datetime(2026, 11, 23, 17, 5, tzinfo=ZONE) if late else NOW, late=late,
        ),
    )  # fmt: skip


REASON = {"zh": "订单 SO-1182 改为高毛利", "en": "order SO-1182 reclassified as high-margin"}


def moved() -> tuple[Moved, ...]:
    return (
        Moved(
            at=NOW, scope_label={"zh": "上海", "en": "Shanghai"}, metric="signed_amount", metric_label=COLUMNS[0].label,
            format="money", currency="CNY", delta=126_000, reason={"zh": "订单 SO-1182 新增", "en": "order SO-1182 added"},
        ),
        Moved(
            at=NOW - timedelta(minutes=3), scope_label={"zh": "上海", "en": "Shanghai"}, metric="high_margin_share",
            metric_label=COLUMNS[1].label, format="percent", delta=0.012, reason=REASON,
        ),
    )  # fmt: skip


def board(opened: tuple[str, ...] = (), *, late: bool = False, preview: bool = True) -> BoardView:
    rows = tree_rows(opened, late)
    sections: tuple[Section, ...] = (
        TilesSection(columns=COLUMNS, rows=rows[:1]),
        TableSection(rows_of="regions", columns=COLUMNS, rows=rows),
        AlertsSection(which="open", alerts=open_alerts()),
    )
    return BoardView(
        name="war_room", title={"zh": "作战室", "en": "War room"}, organisation=organisation()["label"],
        scope_label=organisation()["label"], day=TODAY, month="2026-11", working_day=16, working_days=21,
        complete_up_to=NOW, release=37, sections=sections, sources=sources(late), moved=moved(), preview=preview,
    )  # fmt: skip


def full_board() -> BoardView:
    """Every kind of section, a changed cell, missing values and a row whose parts do not add up."""
    base = board(("region:shanghai", "region:chengdu"), late=True)
    rows = list(tree_rows(("region:shanghai", "region:chengdu"), late=True))
    changed = Change(at=NOW, delta=126_000, reason={"zh": "订单 SO-1182 新增", "en": "order SO-1182 added"})
    for index, row in enumerate(rows):
        if row.key == "shanghai":
            cell = row.cells[0]
            new = Cell(**{f: getattr(cell, f) for f in cell.__struct_fields__} | {"changed": changed})
            rows[index] = Row(
                **{f: getattr(row, f) for f in row.__struct_fields__}
                | {
                    "cells": (new, *row.cells[1:]),
                    "note": {"zh": "两人月中调动，个人合计与区域不等", "en": "two people moved this month, so people do not add up to the region"},
                }
            )  # fmt: skip
        if row.key == "hefei":
            nothing = tuple(Cell(metric=c.metric, note={"zh": "没有目标", "en": "no target"}) for c in row.cells)
            rows[index] = Row(**{f: getattr(row, f) for f in row.__struct_fields__} | {"cells": nothing})
    regions = tuple(row for row in rows if row.level == 2)
    ranked = tuple(sorted(regions, key=lambda row: -(row.cells[0].attainment or 0)))
    table = TableSection(rows_of="regions", columns=COLUMNS, rows=tuple(rows))
    sections = (
        base.sections[0], table, base.sections[2],
        RankingSection(columns=COLUMNS[:1], rows=ranked),
        TrendSection(columns=COLUMNS[:2], rows=tuple(rows[:1]), days=tuple(date(2026, 11, 2) + timedelta(days=i) for i in range(16))),
    )  # fmt: skip
    return BoardView(**{f: getattr(base, f) for f in base.__struct_fields__} | {"sections": sections})


def empty_board() -> BoardView:
    return BoardView(
        name="war_room", title={"zh": "作战室", "en": "War room"}, organisation="新公司", scope_label="新公司", day=TODAY,
        month="2026-11", working_day=16, working_days=21, days_predicted=True, complete_up_to=None, release=1, sections=(),
    )  # fmt: skip


FIELDS = (
    Field(name="order_number", label={"zh": "订单号", "en": "Order"}, kind="text"),
    Field(name="order_date", label={"zh": "日期", "en": "Date"}, kind="date"),
    Field(name="customer", label={"zh": "客户", "en": "Customer"}, kind="customer"),
    Field(name="seller", label={"zh": "销售", "en": "Seller"}, kind="person"),
    Field(name="product_class", label={"zh": "产品等级", "en": "Class"}, kind="choice"),
    Field(name="amount", label={"zh": "金额", "en": "Amount"}, kind="money", currency="CNY"),
)
CLASSES = ({"zh": "高毛利", "en": "High-margin"}, {"zh": "标准", "en": "Standard"})
CUSTOMERS = (
    "华昌精密机械",
    "海川阀门集团",
    "申能动力设备",
    "宏远泵业",
    "中联重工上海分公司",
    "东方起重机械",
    "新锐自动化",
    "振华港机配套",
)


def lines() -> tuple[Line, ...]:
    rng = random.Random(7)
    made = []
    for index in range(12):
        day = date(2026, 11, 23) - timedelta(days=index)
        value = round(rng.uniform(18_000, 420_000), 2)
        why = None
        if index == 3:
            why = {
                "zh": "已取消：不计入（void: status == 'cancelled'）",
                "en": "cancelled: not counted (void: status == 'cancelled')",
            }
        if index == 7:
            why = {"zh": "10月31日签，计入上月", "en": "signed on 31 Oct, counts for last month"}
        person = people_of("shanghai")[index % 7]["label"]
        made.append(
            Line(
                key=(f"SO-{1182 - index}", "1"), day=day, counted=why is None, adds=(value if why is None else None,),
                reasons=(why,) if why else (), record="o1",
                values=(f"SO-{1182 - index}", day.isoformat(), CUSTOMERS[index % 8], person, CLASSES[index % 2], value),
                known_at=NOW, version=2 if index == 0 else 1, sync=Sync(source={"zh": "ERP 订单", "en": "ERP orders"}, file="orders.jsonl", at=NOW),
            )
        )  # fmt: skip
    return tuple(made)


def tree(column: Column, actual: float, target: float | None) -> Twig:
    """The gap with all below it: two orders, the plan's split, and the days of a short month."""
    money = {"format": column.format, "currency": column.currency}
    leaves = Twig(kind="sum", label=column.label, value=actual, **money, lines=lines()[:2], more=39, dataset="order_lines",
                  how={"zh": "41 条记录之和", "en": "the sum of 41 records"})  # fmt: skip
    split = Twig(kind="target", label={"zh": "本月目标", "en": "Target of the month"}, value=target, **money,
                 parts=(Twig(kind="given", label={"zh": "全年总额", "en": "the year's total"}, value=530_000_000, **money),))  # fmt: skip
    days = tuple(
        DayMark(day=date(2026, 11, 1) + timedelta(days=index), is_working=index % 7 not in (0, 6), is_over=index < 23)
        for index in range(30)
    )
    attained = Twig(
        kind="attainment",
        label={"zh": "完成率", "en": "Attainment"},
        value=0.548,
        format="percent",
        parts=(leaves, split),
    )
    pace = Twig(kind="pace", label={"zh": "应达进度", "en": "Pace"}, value=PACE, format="percent", days=days,
                how={"zh": "16 ÷ 21 个工作日", "en": "16 of 21 working days"})  # fmt: skip
    return Twig(kind="gap", label={"zh": "进度差", "en": "Gap"}, value=0.548 - PACE, format="percent", parts=(attained, pace),
                how={"zh": "完成率 − 应达进度", "en": "attainment − pace"})  # fmt: skip


def why(
    metric: str = "signed_amount",
    key: str = "shanghai",
    day: date | None = None,
    since: date | None = None,
    against: str | None = None,
) -> WhyView:
    column = next(c for c in COLUMNS if c.metric == metric)
    row = next(r for r in tree_rows(("region:shanghai",)) if r.key == key)
    index = [c.metric for c in COLUMNS].index(metric)
    is_rate = column.is_rate
    people = [r for r in tree_rows(("region:shanghai",)) if r.parent == "region:shanghai"]
    total = sum(r.cells[0].actual or 0 for r in people)
    parts = tuple(
        Share(
            scope="person", key=r.key, label=r.label, actual=r.cells[index].actual, target=r.cells[index].target,
            attainment=r.cells[index].attainment, pace=r.cells[index].pace,
            share=None if is_rate else (r.cells[0].actual or 0) / total,
        )
        for r in people
    )  # fmt: skip
    rest = Share(scope="person", key="company", label={"zh": "没有负责人的记录", "en": "Records without a person"}, actual=None, adds=1200.0,
                 share=0.01, is_rest=True)  # fmt: skip
    formula = (
        {"zh": "高毛利签约额 ÷ 签约额", "en": "High-margin amount ÷ Signed amount"}
        if is_rate
        else {
            "zh": "本月 1 日到今天的订单行的金额之和；取消和退回的不计。",
            "en": "The sum of the amount over order lines from the 1st to today; cancelled and returned lines do not count.",
        }
    )
    bridge = since and BridgeView(
        since=since, month=against, start=4_100_000.0, end=4_238_600.0, difference=138_600.0,
        attainment=AttainmentChange(target_before=5_000_000.0, target_after=6_000_000.0, before=0.82, after=0.7064, of_actual=0.0277, of_target=-0.1413),
        drivers=(
            BridgeDriver(label={"zh": "王 <芳>", "en": "Wang <Fang>"}, by=158_600.0, why="signed_amount:person:s01"),
            BridgeDriver(label={"zh": "其他", "en": "Others"}, by=-20_000.0),
        ),
        steps=(
            BridgeStep(kind="cancelled", by=-20_000.0, count=1, moves=(BridgeMove(what={"zh": "SO-1100：状态 open → cancelled", "en": "SO-1100: Status open → cancelled"}, by=-20_000.0, dataset="orders", record="o1"),)),
            BridgeStep(kind="new", by=158_600.0, count=9, moves=(BridgeMove(what={"zh": "新增 <SO-1182>", "en": "<SO-1182> is new"}, by=158_600.0, dataset="orders"),)),
        ),
    )  # fmt: skip
    return WhyView(
        since_choices=(date(2026, 11, 22), date(2026, 11, 16)), month_choice="2026-10", bridge=bridge,
        column=column, month="2026-11", day=day or TODAY, is_today=day is None, cell=row.cells[index], formula=formula,
        path=(
            Place(scope="company", key="company", label=organisation()["label"]),
            Place(scope="region", key="east", label={"zh": "华东", "en": "East China"}),
            Place(scope="region", key="shanghai", label={"zh": "上海", "en": "Shanghai"}),
        ),
        expression="sum(amount)" if not is_rate else "high_margin_amount / signed_amount",
        tree=tree(column, row.cells[index].actual or 0.0, row.cells[index].target), parts=parts if is_rate else (*parts, rest), page=1, pages=4,
        tables=(RecordTable(dataset="order_lines", label={"zh": "订单行", "en": "Order lines"}, fields=FIELDS, measures=(column,),
                            lines=lines(), counted=41, not_counted=3),),
        changes=(
            Change(at=NOW, delta=126_000, reason={"zh": "订单 SO-1182 新增", "en": "order SO-1182 added"}),
            Change(at=NOW - timedelta(hours=19), delta=-48_500, reason={"zh": "订单 SO-1179 取消", "en": "order SO-1179 cancelled"}),
        ),
        sources=sources(), complete_up_to=NOW, release=37,
        parts_note={"zh": "两人月中调动，个人合计与区域不等。", "en": "Two people moved this month, so people do not add up to the region."},
    )  # fmt: skip


def strip() -> tuple[StripDay, ...]:
    made = []
    run = 0
    series = [0.31, 0.33, 0.36, 0.38, 0.40, 0.43, 0.46, 0.49, 0.505, 0.52, 0.548]
    day = date(2026, 11, 10)
    judged = 7
    for index in range(15):
        today = day + timedelta(days=index)
        if today.weekday() >= 5:
            made.append(StripDay(day=today, verdict="not_judged", run=run))
            continue
        pace = judged / 21
        attained = series[min(judged - 7, len(series) - 1)]
        holds = attained < 0.8 * pace
        late = index == 3
        run = run if late else run + 1 if holds else 0
        made.append(
            StripDay(
                day=today, verdict="no_data" if late else "holds" if holds else "clear", run=run,
                corrected=index == 6, preview=index == 14, notices=("fired",) if run == 3 and holds else (),
                reason={"zh": "ERP 订单迟到", "en": "ERP orders were late"} if late else None,
                values=() if late else (
                    Value(name="attainment", label={"zh": "完成率", "en": "Attainment"}, value=attained, format="percent"),
                    Value(name="pace", label={"zh": "应达进度", "en": "Pace"}, value=pace, format="percent"),
                ),
            )
        )  # fmt: skip
        judged += 1
    return tuple(made)


def alert_why(alert: OpenAlert | None = None) -> AlertWhy:
    chosen = alert or open_alerts()[1]
    told = datetime(2026, 11, 20, 18, 0, 3, tzinfo=ZONE)
    return AlertWhy(
        alert=chosen, rule="behind_pace",
        condition={
            "zh": "某区域的完成率低于应达进度的 80%，连续 3 个工作日",
            "en": "A region's attainment is below 80% of the pace on 3 working days in a row",
        },
        expression="attainment < 0.8 * pace",
        recover={"zh": "完成率回到应达进度的 90% 以上", "en": "Attainment is back at 90% of the pace or more"},
        strip=strip(),
        transitions=(
            Transition(at=told, day=date(2026, 11, 20), before="pending", after="firing", reason={"zh": "第 3 个连续判定日成立", "en": "the condition held on the 3rd judged day in a row"}),
            Transition(at=told - timedelta(days=2), day=date(2026, 11, 18), before="inactive", after="pending", reason={"zh": "条件首次成立", "en": "the condition held for the first time"}),
        ),
        deliveries=(
            Delivery(recipient=manager_of("shanghai"), channel={"zh": "钉钉 · 销售管理群", "en": "DingTalk · Sales management group"}, notice="fired", state="sent", at=told, key="jingheng/behind_pace/shanghai/1"),
            Delivery(recipient=manager_of("east"), channel={"zh": "钉钉", "en": "DingTalk"}, notice="fired", state="sent", at=told + timedelta(seconds=4), key="jingheng/behind_pace/shanghai/2", attempts=2, note={"zh": "第一次超时", "en": "the first attempt timed out"}),
            Delivery(recipient=organisation()["people"][0]["label"], channel={"zh": "站内信", "en": "Inbox"}, notice="fired", state="held", at=told, key="jingheng/behind_pace/shanghai/3", note={"zh": "等到 8:30 再发", "en": "waits until 8:30"}),
        ),
        answers=(
            Acknowledgement(at=told + timedelta(minutes=22), who=manager_of("shanghai"), kind="promise", text="临港两单合同已在法务，11月27日前签回。", promised=date(2026, 11, 27), mentioned=(manager_of("east"),)),
        ) if chosen.answer != "none" else (),
        metric="signed_amount", may_answer=True,
        people=(("east_manager", manager_of("east")), ("director", organisation()["people"][0]["label"])),
        escalates_at=None if chosen.answer != "none" else datetime(2026, 11, 24, 14, 0, tzinfo=ZONE), release=37, complete_up_to=NOW,
    )  # fmt: skip


def watch(day: date | None = None) -> WatchView:
    why, day = alert_why(), day or date(2026, 11, 23)
    return WatchView(
        rule=why.rule, rule_label=MARK, condition=why.condition, expression=why.expression, recover=why.recover, scope="region", key="shanghai",
        scope_label={"zh": "上海", "en": "Shanghai"}, needed=3, is_watched=True, strip=why.strip, alert="a-shanghai", metric="signed_amount", release=37,
        chosen=None if day.weekday() > 4 else WatchedDay(
            day=day, verdict="holds", state="firing", sentence=Said(zh=f"{day} 条件成立", en=f"on {day} the condition held"),
            when=(Condition(text="attainment < 0.8 * pace", truth=True, format="percent", sign="<", left=0.548, right=0.61, short=-0.062),),
            recover=(Condition(text="attainment >= 0.9 * pace", truth=False, format="percent", sign=">=", left=0.548, right=0.686, short=-0.138),),
            streak=Twig(kind="streak", label=MARK, value="firing", parts=(Twig(kind="day", label="2026-11-23", value="holds"),)),
            read=(ReadValue(label={"zh": "完成率", "en": "Attainment"}, value=0.548, format="percent", why="signed_amount:region:shanghai@2026-11-23"),),
        ),
    )  # fmt: skip


def alerts(chosen: str | None = None, *, empty: bool = False) -> AlertsView:
    if empty:
        return AlertsView(organisation=organisation()["label"], watched=14, judged_until=date(2026, 11, 23))
    found = next((a for a in open_alerts() if a.id == chosen), open_alerts()[0])
    closed = OpenAlert(
        id="a-jinan", scope="region", key="jinan", scope_label={"zh": "济南", "en": "Jinan"}, rule_label=MARK,
        sentence={"zh": "11月17日回到进度，前后 4 个工作日", "en": "back on pace on 17 Nov, after 4 working days"},
        colour="grey", state="recovering", days=4, since=date(2026, 11, 11), told=manager_of("jinan"), answer="reason",
        answered_by=manager_of("jinan"), answer_text="春节前集中交付，已补签。",
    )  # fmt: skip
    return AlertsView(
        organisation=organisation()["label"],
        open=open_alerts(),
        closed=(closed,),
        chosen=alert_why(found),
        judged_until=date(2026, 11, 23),
        watched=14,
    )


BODY = """### 上海可能需要支持

上海已连续 **3** 个工作日低于进度的 80%。

> 本月签约 **194.4 万元**，完成 54.8%；到今天应达 76.2%，相差 −75.9 万元。

- 11-18 ● 46.0% / 66.7%
- 11-19 ● 49.0% / 71.4%
- 11-20 ● 50.5% / 76.2%

请看看团队需要什么帮助，并在平台上回复原因或请求支持。

[查看并回应](/alerts/a-shanghai)"""


def chat(*, empty: bool = False) -> ChatView:
    if empty:
        return ChatView()
    group = Conversation(
        key="group",
        title={"zh": "销售管理群", "en": "Sales management group"},
        kind="group",
        messages=2,
        last=NOW,
        last_title="天津可能需要支持",
    )
    private = Conversation(
        key="director",
        title=organisation()["people"][0]["label"],
        kind="private",
        messages=1,
        last=NOW - timedelta(hours=3),
        last_title="周度快照已生成",
    )
    at = datetime(2026, 11, 20, 18, 0, 3, tzinfo=ZONE)
    return ChatView(
        conversations=(group, private), chosen=group,
        messages=(
            ChatMessage(id="m1", at=at, sender={"zh": "对齐", "en": "Duiqi"}, title="上海可能需要支持", body=BODY, mentions=("@宋立新",), key="jingheng/behind_pace/shanghai/1", link="/alerts/a-shanghai"),
            ChatMessage(id="m2", at=at + timedelta(days=3), sender={"zh": "对齐", "en": "Duiqi"}, title="天津可能需要支持", body=BODY.replace("上海", "天津"), mentions=("@唐慧敏",), key="jingheng/behind_pace/tianjin/1", link="/alerts/a-tianjin", duplicate=True),
        ),
        refusals=(Refusal(at=at, code=310000, said={"zh": "签名不匹配：时间戳与服务器相差超过 1 小时", "en": "sign not match: the timestamp is more than an hour off"}),),
    )  # fmt: skip


TAB = DatasetTab(name="order_lines", label={"zh": "订单行", "en": "Order lines"}, records=18_402)


def records(*, empty: bool = False) -> RecordsView:
    if empty:
        return RecordsView(datasets=(TAB,), chosen=TAB, fields=FIELDS, search="没有的")
    rows = tuple(
        RecordRow(
            id=f"{line.key[0]}.1", values=line.values, void=not line.counted, known_at=NOW, versions=1 + (i % 3 == 0)
        )
        for i, line in enumerate(lines() * 2)
    )
    bad = BadRow(
        file="order_lines.csv", line=118, at=NOW, raw="SO-1150,2026-13-02,…",
        reasons=({"zh": "日期 2026-13-02 不存在：月份只有 1 到 12", "en": "2026-13-02 is no date: months are 1 to 12"},),
    )  # fmt: skip
    payments = DatasetTab(name="payments", label={"zh": "回款", "en": "Payments"}, records=9_310)
    return RecordsView(
        datasets=(TAB, payments), chosen=TAB, fields=FIELDS, rows=rows, total=18_402, page=1, pages=767, sources=sources(),
        quarantine=(bad,), editable=True,
    )  # fmt: skip


def record(*, error: bool = False) -> RecordView:
    choices = (Choice(value="01", label=CLASSES[0]), Choice(value="02", label=CLASSES[1]))
    bad = {
        "zh": "“12,3x” 不是数字；写成 126000 或 126,000.00",
        "en": "'12,3x' is not a number; write 126000 or 126,000.00",
    }
    return RecordView(
        id="SO-1182.1", dataset=TAB, title="SO-1182 · 1", editable=True, source=sources()[0],
        fields=(
            EditField(field=FIELDS[0], raw="SO-1182", is_key=True),
            EditField(field=FIELDS[1], raw="2026-11-23", required=True),
            EditField(field=FIELDS[2], raw="华昌精密机械", required=True),
            EditField(field=FIELDS[3], raw="s01", required=True, choices=tuple(Choice(value=p["key"], label=p["label"]) for p in people_of("shanghai"))),
            EditField(field=FIELDS[4], raw="02", choices=choices, required=True),
            EditField(field=FIELDS[5], raw="12,3x" if error else "126000.00", required=True, error=bad if error else None),
        ),
        versions=(
            Version(known_at=NOW, deleted=False, changes=((FIELDS[4].label, CLASSES[1], CLASSES[0]),)),
            Version(known_at=NOW - timedelta(days=1), deleted=False),
        ),
    )  # fmt: skip


def snapshot_lines() -> tuple[SnapshotLine, ...]:
    title = {"zh": "作战室", "en": "War room"}
    monday = datetime(2026, 11, 23, 8, 0, tzinfo=ZONE)
    return (
        SnapshotLine(id="sn-103", title=title, reason="alert", frozen_at=datetime(2026, 11, 23, 18, 0, tzinfo=ZONE), complete_up_to=NOW, period={"zh": "11月，至 23 日", "en": "November, to the 23rd"}, release=37, digest="9f2c41d07a8be3aa", pdf_bytes=None),
        SnapshotLine(id="sn-102", title=title, reason="meeting", frozen_at=monday, complete_up_to=monday, period={"zh": "第 47 周", "en": "week 47"}, release=37, digest="41aa09c7e55b1d20", pdf_bytes=84_210),
        SnapshotLine(id="sn-101", title=title, reason="asked", frozen_at=monday - timedelta(days=4), complete_up_to=monday - timedelta(days=4), period={"zh": "11月，至 19 日", "en": "November, to the 19th"}, release=36, digest="c07be1d9034fa6b2", pdf_bytes=83_950, asked_by=organisation()["people"][0]["label"]),
    )  # fmt: skip


def snapshots(*, empty: bool = False) -> SnapshotsView:
    return SnapshotsView(
        snapshots=() if empty else snapshot_lines(), next_freeze=datetime(2026, 11, 30, 8, 0, tzinfo=ZONE),
        days_predicted=empty,
        meeting={"zh": "周度校准会", "en": "Weekly calibration"}, may_freeze=True,
    )  # fmt: skip


def snapshot() -> SnapshotView:
    base = board()
    frozen = BoardView(
        **{f: getattr(base, f) for f in base.__struct_fields__} | {"snapshot": "sn-102", "preview": False, "moved": ()}
    )
    return SnapshotView(line=snapshot_lines()[1], board=frozen)


def targets(*, empty: bool = False) -> TargetsView:
    if empty:
        return TargetsView()
    weights = (18, 17, 22, 20, 21, 23, 23, 21, 22, 17, 21, 22)
    months = tuple(f"2026-{m:02}" for m in range(1, 13))
    rows = []
    for row in tree_rows():
        year = (row.cells[0].target or 0) * 12
        rows.append(
            TargetRow(
                scope=row.scope, key=row.key, label=row.label, level=row.level, year=year, children=row.children, open=row.open,
                months=tuple(round(year * w / sum(weights), -3) for w in weights), parent=row.parent,
                pinned=tuple(row.key == "chengdu" and m == "2026-03" for m in months), share=None if row.level == 0 else 0.25,
            )
        )  # fmt: skip
    plan = PlanTab(name="sales_2026", label={"zh": "2026 年签约目标", "en": "Sales 2026"})
    return TargetsView(
        plans=(plan, PlanTab(name="share_2026", label={"zh": "高毛利占比目标", "en": "High-margin share"})), chosen=plan,
        year=2026, months=months, this_month="2026-11", metric_label=COLUMNS[0].label, format="money", currency="CNY",
        sentence={"zh": "全年 5.3 亿元，按工作日分到各月，按权重分到 14 个区域，区域内人员均分，以千元为单位。", "en": "CNY 530M for the year, split over the months by working days, over 14 regions by weight, evenly among people, in whole thousands."},
        rows=tuple(rows), release=37,
    )  # fmt: skip


def workbench() -> WorkbenchView:
    text = (ROOT / "config/reference/rules.yaml").read_text(encoding="utf-8").split("---")[0]
    chosen = DocumentView(
        kind="rule", name="behind_pace", label=MARK, text=text,
        sentence={"zh": "当某区域的完成率连续 3 个工作日低于应达进度的 80%，通知区域经理（钉钉），标红，并冻结快照；8 小时无人回应则通知总监。", "en": "When a region's attainment is below 80% of the pace on 3 working days in a row, tell its manager in DingTalk, mark it red and freeze a snapshot; without an answer in 8 hours, tell the director."},
        reads=(
            LineageLine(depth=1, kind="metric", name="signed_amount", label=COLUMNS[0].label, document=("metric", "signed_amount"), through="metric, when"),
            LineageLine(depth=2, kind="field", name="order_lines.amount", label={"zh": "金额", "en": "Amount"}, document=("dataset", "order_lines"), through="value"),
            LineageLine(depth=3, kind="column", name="erp_files.net_amount", label="net_amount", document=("source", "erp_files"), through="map.amount"),
            LineageLine(depth=4, kind="source", name="erp_files", label={"zh": "ERP 文件", "en": "ERP files"}, document=("source", "erp_files"), through="connection"),
            LineageLine(depth=1, kind="message", name="behind_pace", label=MARK, document=("message", "behind_pace"), through="on_fire.message", again=True),
        ),
        used_by=(LineageLine(depth=1, kind="test", name="third_day_fires", label={"zh": "第三天触发", "en": "Third day fires"}, document=("test", "third_day_fires"), through="rule"),),
    )  # fmt: skip
    return WorkbenchView(
        documents=(
            DocumentLine(kind="organisation", name="company", label={"zh": "组织", "en": "Organisation"}),
            DocumentLine(kind="dataset", name="order_lines", label=TAB.label),
            *(DocumentLine(kind="metric", name=c.metric, label=c.label) for c in COLUMNS),
            DocumentLine(kind="plan", name="sales_2026", label={"zh": "2026 年签约目标", "en": "Sales 2026"}),
            DocumentLine(kind="rule", name="behind_pace", label=MARK),
            DocumentLine(kind="rule", name="margin_mix", label=MIX),
            DocumentLine(kind="board", name="war_room", label={"zh": "作战室", "en": "War room"}),
        ),
        chosen=chosen,
        releases=(
            ReleaseLine(number=37, published_at=NOW - timedelta(days=6), published_by={"zh": "宋凯", "en": "Kai Song"}, note="三天规则改为 80%", digest="41aa09c7", live=True),
            ReleaseLine(number=36, published_at=NOW - timedelta(days=20), published_by={"zh": "宋凯", "en": "Kai Song"}, note="高毛利占比目标 45%", digest="c07be1d9"),
        ),
    )  # fmt: skip


def viewer(role: str = "director", lang: str = "zh") -> Viewer:
    named = {
        "director": ("director", {"zh": "于慧敏", "en": "Huimin Yu"}, None),
        "manager": ("shanghai_manager", {"zh": "宋立新", "en": "Lixin Song"}, {"zh": "上海", "en": "Shanghai"}),
        "seller": ("s01", {"zh": "罗浩然", "en": "Haoran Luo"}, {"zh": "上海", "en": "Shanghai"}),
        "author": ("author", {"zh": "宋凯", "en": "Kai Song"}, None),
        "it": ("it", {"zh": "周国栋", "en": "Guodong Zhou"}, None),
    }
    person, name, region = named[role]
    return Viewer(
        tenant="jingheng", account=f"acc-{role}", person=person, name=name, roles=(role,),
        organisation=organisation()["label"], lang=lang, region=region, demo=True,
    )  # fmt: skip


def sign_in(*, demo: bool = True) -> SignInView:
    roles = ("director", "manager", "seller", "author", "it") if demo else ()
    return SignInView(
        organisation=organisation()["label"],
        demo=tuple(DemoDoor(role=role, name=viewer(role).name, region=viewer(role).region) for role in roles),
    )


def tried(state: str, mode: str, explain: tuple[str, date] | None) -> TriedView:
    """A rule tried on ten days of two regions; `empty` is not asked for yet, `quiet` is under way."""
    plain = TriedView(
        rules=(("behind_pace", {"zh": "连续落后进度", "en": "Behind the pace"}), ("margin", {"zh": "毛利 <低>", "en": "Margin <low>"})),
        rule="behind_pace", first=date(2026, 11, 9), last=date(2026, 11, 18), mode=mode, may_try=True,
        state={"empty": "none", "quiet": "running"}.get(state, "done"), done=0.4,
    )  # fmt: skip
    if plain.state != "done":
        return plain
    looks = ("not_judged", "clear", "pending", "pending", "firing", "recovering", "no_data", "clear", "clear", "clear")
    days = tuple(
        TriedDay(day=date(2026, 11, 9 + n), then=look, now=look, differs=n == 2) for n, look in enumerate(looks)
    )
    total = TriedSum(episodes=1, messages=3, outside=1, others=1, missed=2, caught=1, false_alarms=1, lead=7.5)
    wang = {"zh": "王 <芳>", "en": "Wang <Fang>"}
    told = tuple(
        TriedNotice(day=date(2026, 11, day), kind=kind, people=(wang,), others=others)
        for day, kind, others in ((13, "fired", 1), (15, "recovered", 0))
    )
    episode = TriedEpisode(
        first=date(2026, 11, 11),
        fired=date(2026, 11, 13),
        last=date(2026, 11, 14),
        days=4,
        ended=True,
        alone=True,
        notices=told,
    )
    move = TriedMove(
        metric={"zh": "签约额", "en": "Signed amount"}, format="money", currency="CNY", then=100.0, now=350.5, total=250.5, more=2,
        records=(TriedRecord(key="SO-<1>", known=date(2026, 11, 14), by=250.5, dataset="order_lines", record="o1"), TriedRecord(key="SO-2", known=None, by=None, dataset="order_lines")),
    )  # fmt: skip
    why = TriedWhy(label={"zh": "上海", "en": "Shanghai"}, day=date(2026, 11, 11), was_late=True, moves=(move,))
    return msgspec.structs.replace(
        plain, release=1, then=total, now=total, weeks=(date(2026, 11, 9), date(2026, 11, 16)),
        scopes=(
            TriedScope(
                scope="region", key="shanghai", label={"zh": "上海", "en": "Shanghai"}, months=(TriedMonth(month="2026-11", days=days),),
                then=TriedSide(episodes=(episode,), messages=3, outside=1), now=TriedSide(), differing=(date(2026, 11, 11),),
            ),
        ),
        people=(TriedPerson(label=wang, weeks=(2, 0)), TriedPerson(label=None, weeks=(1, 0))), is_part=True, why=why if explain else None,
    )  # fmt: skip


def calendar(year, *, may_edit):
    """The calendar with one correction; None for a year that is not listed."""
    at = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    days = [StoredDay("d1", date(2026, 12, 26), "make_up", "", "correction", "anna", at)]
    row = SimpleNamespace(
        day=date(2026, 12, 26), kind="make_up", name="", source="correction", by="anna", known_at=at, superseded_at=None
    )
    document = with_table(Calendar(country="CN"), [each.plain for each in days])
    return calendar_view(
        calendar_of(document), year, date(2026, 11, 24), days, [row] if year == 2026 else [], may_edit=may_edit
    )
