"""Everybody of the demo signs in with one click, and sees the own part of the own company."""

import json

import pytest

from runtime.board.ids import id_of

pytestmark = pytest.mark.e2e

EAST = {"region:east", "region:shanghai", "region:nanjing", "region:hangzhou", "region:hefei"}
PAGES = {
    "seller": {"/board", "/alerts", "/targets", "/chat"},
    "manager": {"/board", "/alerts", "/targets", "/calibration", "/chat", "/records"},
    "director": {"/board", "/alerts", "/targets", "/calibration", "/chat", "/workbench", "/records"},
    "author": {"/board", "/alerts", "/targets", "/calibration", "/chat", "/workbench", "/records"},
    "it": {"/board", "/alerts", "/targets", "/chat", "/workbench", "/records"},
    "harbour": {"/board", "/alerts", "/targets", "/calibration", "/chat", "/workbench", "/records"},
}
EVERY = set().union(*PAGES.values())


def rows_of(page) -> set[str]:
    return set(page.locator("[data-row]").evaluate_all("rows => rows.map(row => row.dataset.row)"))


def status(page, path: str) -> int:
    """What the server answers to an address that somebody types."""
    return page.request.get(page.url.split("/board")[0] + path, max_redirects=0).status


@pytest.mark.parametrize("role", list(PAGES))
def test_each_card_opens_its_own_pages_and_no_others(as_role, role):
    page = as_role(role, lang="en")

    assert {path for path in EVERY if status(page, path) == 200} == PAGES[role]
    assert all(status(page, path) == 403 for path in EVERY - PAGES[role])


def test_a_seller_sees_only_the_own_number(as_role):
    page = as_role("seller")

    assert rows_of(page) == {"person:s19"}
    assert status(page, "/board/why?why=signed_amount:person:s19") == 200
    for other in ("person:s20", "region:hefei", "region:east", "company:company"):
        assert status(page, f"/board/why?why=signed_amount:{other}") == 404, other


def test_a_manager_sees_the_own_area_and_nobody_elses(as_role):
    page = as_role("manager")

    assert rows_of(page) == EAST
    assert status(page, "/board/why?why=signed_amount:person:s01") == 200
    for other in ("region:south", "region:chengdu", "person:s23", "company:company"):
        assert status(page, f"/board/why?why=signed_amount:{other}") == 404, other


def test_a_record_of_another_area_is_not_there_for_a_manager(as_role, demo):
    director, manager = as_role("director"), as_role("manager")
    found = {role: page.request.get(f"{demo.address}/records?search=guangzhou").text() for role, page in (
        ("director", director), ("manager", manager),
    )}  # fmt: skip

    assert "/records/order_lines/" in found["director"]
    assert "/records/order_lines/" not in found["manager"]
    assert status(director, foreign_record(demo)) == 200
    assert status(manager, foreign_record(demo)) == 404


def foreign_record(demo) -> str:
    """The address of an order line of Guangzhou."""
    for line in (
        (demo.folder / "files" / "jingheng" / "order_lines-2026-06.jsonl").read_text(encoding="utf-8").splitlines()
    ):
        row = json.loads(line)
        if row["region"] == "guangzhou":
            return (
                f"/records/order_lines/{id_of(json.dumps([row['order_number'], row['line']], separators=(',', ':')))}"
            )
    raise AssertionError("nobody in Guangzhou has sold anything")


def test_two_tenants_on_one_machine_know_nothing_of_each_other(as_role, demo):
    director, harbour = as_role("director"), as_role("harbour", lang="en")

    assert rows_of(harbour) == {"company:company", "region:city", "region:port"}
    assert "Jingheng" not in harbour.content()
    assert "精衡" not in harbour.content()
    for mine, other, path in (
        (director, harbour, "/board/why?why=signed_amount:region:hefei"),
        (harbour, director, "/board/why?why=sales_amount:region:port"),
        (director, harbour, foreign_record(demo)),
        (director, harbour, "/workbench/rule/behind_pace"),
        (harbour, director, "/workbench/rule/slow_week"),
        (director, harbour, "/records?dataset=order_lines"),
    ):
        assert (status(mine, path), status(other, path)) == (200, 404), path


def test_a_cost_is_nowhere_for_those_who_may_not_see_it(as_role, demo):
    director, author = as_role("director", lang="en"), as_role("author", lang="en")
    address = demo.address + foreign_record(demo)
    director.goto(address)
    author.goto(address)

    assert director.locator("[name='f.cost']").count() == 1
    assert author.locator("[name='f.cost']").count() == 0
    assert author.locator("[name='f.amount']").count() == 1
