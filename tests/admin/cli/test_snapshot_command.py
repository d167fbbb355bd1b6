"""`duiqi snapshot`: freezes a board, writes its PDF, and tells what it froze."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pypdf import PdfReader

from tests.admin.cli.installed import ROOT, duiqi, imported, installation

__all__ = ["installation"]
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "snapshot.json").read_text(encoding="utf-8"))


def frozen(*more: str) -> tuple[int, str, str]:
    return duiqi("snapshot", "--tenant", "acme", *more)


def test_the_board_of_a_past_day_is_frozen_and_written_in_the_readers_language(
    installation: Path, tmp_path: Path
) -> None:
    imported("orders.csv")
    for lang, words in (
        ("zh", ("作战室", "签约额", "截至 3月2日")),
        ("en", ("War room", "Signed amount", "to Mon 2 Mar")),
    ):
        out = tmp_path / f"{lang}.pdf"
        code, said, err = frozen("--day", "2026-03-02", "--out", str(out), "--lang", lang)
        assert (code, err) == (0, "")
        assert words[0] in said
        text = PdfReader(io.BytesIO(out.read_bytes())).pages[0].extract_text()
        assert all(word in text for word in (*words, "1,335"))


def test_the_json_is_as_the_schema_says_and_every_snapshot_is_one_of_its_own(installation: Path) -> None:
    made = [json.loads(frozen("--json", "--board", "war_room")[1]) for _ in range(2)]
    for each in made:
        assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(each)] == []
    assert made[0]["id"] != made[1]["id"]
    assert made[0]["code"] != made[1]["code"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--board", "warroom"], "did you mean 'war_room'"),
        (["--day", "yesterday"], "'yesterday' is no date"),
        (["--day", (datetime.now(UTC).date() + timedelta(days=3)).isoformat()], "has not come yet"),
        (["--out", "/no/such/folder/x.pdf"], "there is no folder"),
    ],
)
def test_wrong_use_ends_with_2(installation: Path, arguments: list[str], words: str) -> None:
    code, out, err = frozen(*arguments)
    assert (code, out) == (2, "")
    assert words in err


def test_a_tenant_without_a_release_is_told_what_to_do(installation: Path) -> None:
    duiqi("tenant", "create", "young")
    code, _, err = duiqi("snapshot", "--tenant", "young")
    assert code == 2
    assert "publish" in err
