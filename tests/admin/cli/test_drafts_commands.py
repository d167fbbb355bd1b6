"""Drafts and releases as somebody types them: checked, compared, released in part, planned, rolled back."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runtime.drafts.copy import working_document
from runtime.drafts.save import save_draft
from runtime.releases.publish import publish
from runtime.settings import read_settings
from runtime.start import opened
from runtime.tenants.store import create_tenant
from schema_defs.loader import load_folder
from tests.admin.cli.test_operation import Duiqi
from tests.runtime.company import COMPANY

TENANT = ("--tenant", "acme")


@pytest.fixture
def duiqi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Duiqi:
    """A system whose tenant has the small company as release 1."""
    monkeypatch.setenv("DUIQI_DATA_DIR", str(tmp_path))
    asyncio.run(_found(written(tmp_path, COMPANY)))
    return Duiqi(tmp_path)


async def _found(folder: Path) -> None:
    async with opened(read_settings()) as context:
        await create_tenant("acme", "Acme", now=context.clock.now())
    await _publish(folder)


async def _publish(folder: Path) -> None:
    async with opened(read_settings()) as context:
        await publish(context, "acme", load_folder(folder), by="anna")


def written(folder: Path, text: str) -> Path:
    path = folder / "documents"
    path.mkdir(exist_ok=True)
    (path / "company.yaml").write_text(text, encoding="utf-8")
    return path


def draft(kind: str, name: str, old: str, new: str) -> None:
    async def put() -> None:
        async with opened(read_settings()) as context:
            known = await working_document("acme", kind, name)
            text, version = (known.text.replace(old, new), known.version) if known else (new, None)
            await save_draft(context, "acme", text, kind=kind, name=name, version=version, by="anna")

    asyncio.run(put())


def test_drafts_are_checked_compared_and_released_in_part_and_rolled_back(duiqi: Duiqi) -> None:
    draft("metric", "profit", "", "kind: metric\nname: profit\ndataset: orders\naggregate: sum\nvalue: amount\n")
    draft("rule", "behind", "attainment < 0.8", "profit > 0 and attainment < 0.75")
    draft("metric", "high", "'high'", "'low'")
    assert duiqi.json("check", *TENANT) == {"problems": []}
    changes = {(each["kind"], each["name"]): each["change"] for each in duiqi.json("diff", *TENANT)["changes"]}
    assert changes == {("metric", "profit"): "added", ("metric", "high"): "changed", ("rule", "behind"): "changed"}
    refused = duiqi.json("publish", "--drafts", "--only", "rule:behind", *TENANT, code=1)
    assert (refused["missing"], refused["number"]) == (["metric:profit"], None)
    released = duiqi.json("publish", "--drafts", "--only", "rule:behind", "--only", "metric:profit", *TENANT)
    assert (released["number"], released["changed"]) == (2, True)
    assert [each["name"] for each in duiqi.json("diff", *TENANT)["changes"]] == ["high"]
    shown = duiqi.run("rollback", "1", *TENANT, "--dry-run")
    assert "behind: judge" in shown
    assert "nothing was rolled back" in shown
    back = duiqi.json("rollback", "1", *TENANT)
    assert (back["number"], back["back_to"], [each["rule"] for each in back["alerts"]]) == (3, 1, ["behind"])
    assert "there are 1 to 3" in duiqi.run("rollback", "9", *TENANT, code=2)


def test_a_folder_is_planned_and_never_dated_back(duiqi: Duiqi, tmp_path: Path) -> None:
    folder = str(written(tmp_path, COMPANY.replace("0.8", "0.75")))
    assert "80 % -> 75 %" in duiqi.run("diff", folder, *TENANT)
    assert "nothing is dated back" in duiqi.run("publish", folder, *TENANT, "--from", "2020-01-01", code=2)
    assert "in force from" in duiqi.run("publish", folder, *TENANT, "--from", _in_two_days())
    assert duiqi.run("diff", folder, *TENANT, "--no-raw").count("80 %") == 1


def test_four_eyes_are_passed_over_only_in_writing(duiqi: Duiqi, tmp_path: Path) -> None:
    guarded = COMPANY.replace("kind: organisation", "kind: organisation\nfour_eyes: [rule]")
    asyncio.run(_publish(written(tmp_path, guarded)))
    folder = str(written(tmp_path, guarded.replace("0.8", "0.75")))
    assert "four eyes" in duiqi.run("publish", folder, *TENANT, code=1)
    assert "is live" in duiqi.run("publish", folder, *TENANT, "--without-approval")


@pytest.mark.parametrize("words", [("check",), ("diff",), ("publish", *TENANT), ("publish", "x", "--drafts", *TENANT)])
def test_half_a_command_says_how_it_is_written(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert "write duiqi" in Duiqi(tmp_path).run(*words, code=2)


def _in_two_days() -> str:
    return f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
