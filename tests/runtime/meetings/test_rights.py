"""A snapshot is rendered with the reader's rights: page and PDF hold nobody's row but those that the reader may see."""

import io

import msgspec
import pytest
from pypdf import PdfReader

from runtime.board.snapshots_page import build_snapshot, build_snapshots, snapshot_pdf
from runtime.board.view import AlertsSection, BoardView, TableSection
from runtime.board.viewer import Viewer
from runtime.context import Context
from runtime.meetings.freeze import freeze
from runtime.meetings.reading import seen_by
from runtime.people.rights import Sight
from runtime.releases.prepared import demand_prepared
from runtime.tenants.store import create_tenant
from tests.runtime.meetings.boards import COLUMNS, alerts, board_of_reference, frozen, mark_of, tree
from tests.runtime.meetings.company_tools import DOCUMENTS, publish_documents

NAMES = {"company": "全公司", "east": "华东", "west": "西部", "shanghai": "上海", "hefei": "合肥", "chengdu": "成都",
         "s01": "郭喆", "s02": "高玥", "s03": "唐龘"}  # fmt: skip
SEES = {
    ("boss", "director"): set(NAMES),
    ("m_east", "manager"): {"east", "shanghai", "hefei", "s01", "s02"},
    ("m_west", "manager"): {"west", "chengdu", "s03"},
    ("s02", "seller"): {"s02"},
    ("nobody", "it"): set(),
}


def viewer(person: str, role: str, lang: str = "zh") -> Viewer:
    return Viewer(
        tenant="acme", account=person, person=person, name=person, roles=(role,), organisation="精工", lang=lang  # type: ignore[arg-type]
    )  # fmt: skip


async def text_of(context: Context, company: str, reader: Viewer, snapshot: str) -> str:
    made = await snapshot_pdf(await demand_prepared(company), reader, snapshot)
    assert made is not None
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made[0])).pages)


def keys_of(board: BoardView) -> set[str]:
    rows = {row.key for section in board.sections if not isinstance(section, AlertsSection) for row in section.rows}
    alerts = {each.key for section in board.sections if isinstance(section, AlertsSection) for each in section.alerts}
    return rows | alerts


@pytest.mark.parametrize(("who", "role"), list(SEES))
async def test_a_reader_finds_exactly_the_own_rows_on_the_page_and_in_the_pdf(
    context: Context, company: str, who: str, role: str
) -> None:
    row = await freeze(context, company, "war_room", reason="one")
    reader = viewer(who, role)
    shown = await build_snapshot(await demand_prepared(company), reader, row.id)
    assert shown is not None
    assert keys_of(shown.board) == SEES[who, role]
    text = await text_of(context, company, reader, row.id)
    assert {key for key, name in NAMES.items() if name in text} == SEES[who, role]


async def test_a_manager_finds_the_own_area_on_the_tiles(context: Context, company: str) -> None:
    row = await freeze(context, company, "war_room", reason="one")
    shown = await build_snapshot(await demand_prepared(company), viewer("m_west", "manager"), row.id)
    assert shown is not None
    assert [each.key for each in shown.board.sections[0].rows] == ["west"]  # type: ignore[union-attr]
    assert shown.board.scope_label == {"zh": "西部", "en": "West China"}
    assert [(each.key, each.level, each.parent) for each in shown.board.sections[1].rows] == [  # type: ignore[union-attr]
        ("west", 0, None), ("chengdu", 1, "region:west"), ("s03", 2, "region:chengdu"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "role", "sees"), [("boss", "director", True), ("m_east", "manager", True), ("s01", "seller", False)]
)
async def test_what_is_made_of_a_hidden_field_is_hidden_too(
    context: Context, company: str, who: str, role: str, sees: bool
) -> None:
    row = await freeze(context, company, "war_room", reason="one")
    reader = viewer(who, role)
    shown = await build_snapshot(await demand_prepared(company), reader, row.id)
    assert shown is not None
    assert ({"margin", "margin_share"} <= shown.board.columns.keys()) == sees
    text = await text_of(context, company, reader, row.id)
    assert ("毛利额" in text, "毛利率" in text) == (sees, sees)
    assert "签约额" in text


async def test_what_only_one_role_may_see_is_frozen_for_that_role(context: Context, company: str) -> None:
    await publish_documents(context, company, DOCUMENTS.replace("[director, manager]", "[author]"))
    row = await freeze(context, company, "war_room", reason="one")
    configured = await demand_prepared(company)
    for role, sees in (("author", True), ("director", False)):
        shown = await build_snapshot(configured, viewer("boss", role), row.id)
        assert shown is not None
        assert ("margin" in shown.board.columns) == sees


def test_marks_and_alerts_of_a_rule_that_reads_a_hidden_metric_are_hidden() -> None:
    mark = msgspec.structs.replace(mark_of(3), reads=("share",))
    row = msgspec.structs.replace(tree()[1], marks=(mark,))
    row = msgspec.structs.replace(row, cells=(msgspec.structs.replace(row.cells[0], mark=mark), *row.cells[1:]))
    lines = tuple(msgspec.structs.replace(alert, reads=("share",)) for alert in alerts())
    board = msgspec.structs.replace(
        board_of_reference(),
        sections=(
            TableSection(rows_of="regions", columns=COLUMNS, rows=(row,)),
            AlertsSection(which="open", alerts=lines),
        ),
    )
    whole = msgspec.structs.replace(frozen(board), restricted={"share": (("manager",),)})
    for role, sees in (("manager", True), ("director", False)):
        table, panel = seen_by(whole, Sight(roles=frozenset({role}), everything=True)).board.sections
        assert isinstance(table, TableSection)
        assert isinstance(panel, AlertsSection)
        assert bool(table.rows[0].marks) == bool(table.rows[0].cells[0].mark) == bool(panel.alerts) == sees


async def test_a_board_of_the_directors_is_neither_listed_nor_opened_by_others(context: Context, company: str) -> None:
    row = await freeze(context, company, "directors", reason="one")
    configured, now = await demand_prepared(company), context.clock.now()
    for reader, opens in ((viewer("boss", "director"), True), (viewer("m_east", "manager"), False)):
        assert (await build_snapshot(configured, reader, row.id) is not None) == opens
        assert (await snapshot_pdf(configured, reader, row.id) is not None) == opens
        assert bool((await build_snapshots(configured, reader, now)).snapshots) == opens


async def test_another_tenant_finds_nothing(context: Context, company: str) -> None:
    row = await freeze(context, company, "war_room", reason="one")
    await create_tenant("other", "Other", now=context.clock.now())
    await publish_documents(context, "other")
    configured = await demand_prepared("other")
    stranger = msgspec.structs.replace(viewer("boss", "director"), tenant="other")
    assert await build_snapshot(configured, stranger, row.id) is None
    assert await snapshot_pdf(configured, stranger, row.id) is None
