"""The PDF: the same bytes in every process, the same numbers as the page, and text that can be selected."""

import hashlib
import io
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from pypdf import PdfReader

from runtime import wording
from runtime.board.view import BoardView, SourceClock, TableSection
from runtime.meetings.pdf import pdf_of
from tests.runtime.meetings.boards import (
    AMOUNT,
    COLUMNS,
    NOW,
    SELLERS,
    board_of_reference,
    charts,
    frozen,
)

ROOT = Path(__file__).parents[3]
IN_ANOTHER_PROCESS = """
import hashlib
from runtime.meetings.pdf import pdf_of
from tests.runtime.meetings.boards import board_of_reference, frozen
print(hashlib.sha256(pdf_of(frozen(board_of_reference()), "zh")).hexdigest())
"""


def read(board: BoardView, lang: str = "zh") -> PdfReader:
    return PdfReader(io.BytesIO(pdf_of(frozen(board), lang)))  # type: ignore[arg-type]


def text_of(board: BoardView, lang: str = "zh") -> str:
    return "\n".join(page.extract_text() for page in read(board, lang).pages)


def test_two_other_processes_and_zones_make_the_same_bytes() -> None:
    hashes = {hashlib.sha256(pdf_of(frozen(board_of_reference()), "zh")).hexdigest()}
    for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/New_York")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        made = subprocess.run(
            [sys.executable, "-c", IN_ANOTHER_PROCESS],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        hashes.add(made.stdout.strip())
    assert len(hashes) == 1


def test_a_board_that_went_through_the_database_makes_the_same_bytes() -> None:
    whole = frozen(board_of_reference())
    stored = msgspec.convert(msgspec.json.decode(msgspec.json.encode(whole)), type(whole))
    assert pdf_of(stored, "en") == pdf_of(whole, "en")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pdf_says_every_number_as_the_page_does(lang: str) -> None:
    board = board_of_reference()
    text = text_of(board, lang)
    table = next(section for section in board.sections if isinstance(section, TableSection))
    for place, column in enumerate(table.columns):
        cells = [row.cells[place] for row in table.rows]
        numbers = [number for cell in cells for number in (cell.actual, cell.target)]
        scale = wording.scale_of(numbers, column.format, lang, column.currency)  # type: ignore[arg-type]
        for cell in cells:
            assert f"{wording.scaled(cell.actual, scale)} / {wording.scaled(cell.target, scale)}" in text


def test_all_regions_and_people_are_there_and_page_two_begins_with_the_people() -> None:
    reader = read(board_of_reference())
    first, second = reader.pages[0].extract_text(), reader.pages[1].extract_text()
    assert all(name in first for name in ("全公司", "华东", "上海", "西安", "可能需要支持", "K7QF-2M9D", "发布版本 3"))
    assert second.lstrip().startswith("人员")
    rest = "\n".join(page.extract_text() for page in reader.pages[1:])
    assert all(f"销售{number:02d}" in rest for number in range(7, SELLERS))
    assert f"{len(reader.pages)} / {len(reader.pages)}" in reader.pages[-1].extract_text()


@pytest.mark.parametrize(
    "name", ["何堃", "郭喆", "高玥", "龘䶮", "欧阳文静", "Ž. Dvořák", "Alexandra Montgomery-Fitzgerald"]
)
def test_rare_characters_have_a_glyph_and_can_be_copied(name: str) -> None:
    reader = read(board_of_reference())
    assert name in "\n".join(page.extract_text() for page in reader.pages)


def test_what_users_wrote_is_printed_as_it_stands_and_never_run() -> None:
    text = "".join(text_of(board_of_reference()).split())
    assert "#letx=1合同已经在法务*审核*" in text


def test_up_to_three_metrics_stand_upright_and_more_lie() -> None:
    def is_lying(board: BoardView) -> bool:
        box = read(board).pages[0].mediabox
        return bool(box.width > box.height)

    many = tuple(msgspec.structs.replace(column, metric=f"m{place}") for place, column in enumerate(COLUMNS * 3))
    assert not is_lying(board_of_reference())
    assert is_lying(board_of_reference(many[:5]))
    assert is_lying(board_of_reference(many))


def test_metrics_that_do_not_fit_side_by_side_come_in_tables_below_one_another() -> None:
    many = tuple(msgspec.structs.replace(AMOUNT, metric=f"m{place}", label=f"指标{place}") for place in range(9))
    text = text_of(board_of_reference(many))
    assert all(f"指标{place}" in text for place in range(9))


def test_charts_have_their_place() -> None:
    board = board_of_reference()
    text = text_of(msgspec.structs.replace(board, sections=(*board.sections, *charts())))
    assert all(word in text for word in ("走势", "6月1日 – 6月5日", "合肥 · 签约额", "排名"))


def test_late_sources_and_numbers_that_may_be_incomplete_are_named() -> None:
    board = board_of_reference()
    table = board.sections[1]
    assert isinstance(table, TableSection)
    late = tuple(
        msgspec.structs.replace(row, cells=(msgspec.structs.replace(row.cells[0], late=True), *row.cells[1:]))
        for row in table.rows
    )
    source = SourceClock(name="erp", label={"zh": "ERP 订单"}, complete_up_to=NOW - timedelta(hours=9), late=True)
    text = text_of(
        msgspec.structs.replace(
            board, sections=(msgspec.structs.replace(table, rows=late),), sources=(source,), complete_up_to=None
        )
    )
    assert "数据源延迟，数字可能不完整" in text
    assert "ERP 订单 6月7日 23:00 · 延迟" in text
    assert "数据尚不完整" in text


def test_missing_and_negative_numbers_have_their_signs() -> None:
    board = board_of_reference()
    table = board.sections[1]
    assert isinstance(table, TableSection)
    rows = tuple(
        msgspec.structs.replace(
            row,
            cells=(
                msgspec.structs.replace(row.cells[0], actual=-1_234_567.0, attainment=-0.233),
                msgspec.structs.replace(row.cells[1], actual=None, target=None, attainment=None, trend=()),
                *row.cells[2:],
            ),
        )
        for row in table.rows[:2]
    )
    text = text_of(msgspec.structs.replace(board, sections=(msgspec.structs.replace(table, rows=rows),)))
    assert "−123.5 / 530.0" in text
    assert "−23.3%" in text
    assert "–" in text


def test_a_reader_who_may_see_nothing_gets_a_page_that_says_so() -> None:
    board = msgspec.structs.replace(board_of_reference(), sections=())
    assert "没有您可以看到的内容" in text_of(board)
    assert "nothing that you may see" in text_of(board, "en")


def test_the_pdf_has_a_title_a_language_and_no_moment_of_its_own() -> None:
    reader = read(board_of_reference(), "en")
    assert reader.metadata is not None
    assert reader.metadata.title == "War room"
    assert reader.metadata.creation_date is None
    assert "en" in str(reader.trailer["/Root"]["/Lang"])  # type: ignore[index]
