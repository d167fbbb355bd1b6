"""`duiqi lineage`."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from admin.cli.main import duiqi
from schema_defs.errors import UsageError

ROOT = Path(__file__).parents[3]
EXAMPLE = str(ROOT / "config" / "example")
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "lineage.json").read_text(encoding="utf-8"))
GOLDEN = ROOT / "docs" / "schemas" / "golden" / "lineage.json"


def lineage(*arguments: str) -> Result:
    return CliRunner().invoke(duiqi, ["lineage", EXAMPLE, *arguments])


def test_the_json_is_as_the_schema_and_the_golden_file_say() -> None:
    """`DUIQI_WRITE_GOLDEN=1` writes the golden file anew."""
    done = lineage("rule:behind_pace", "--json", "--lang", "en")
    found = json.loads(done.stdout)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(found)] == []
    if os.environ.get("DUIQI_WRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert done.exit_code == 0


def test_people_read_a_tree_in_their_language() -> None:
    lines = lineage("metric:high_margin_share", "--lang", "zh").stdout.splitlines()
    assert lines[:2] == ["metric:high_margin_share 读取", "  metric:amount (签约额) <- formula"]
    assert "      column:erp_files.net_amount (net_amount) <- map.amount" in lines
    assert "metric:high_margin_share 被用于" in lines
    assert "  board:war_room <- sections.metrics" in lines


@pytest.mark.parametrize(("option", "keys"), [("--down", {"of", "reads"}), ("--up", {"of", "used_by"})])
def test_one_direction_alone(option: str, keys: set[str]) -> None:
    assert json.loads(lineage("metric:amount", option, "--json").stdout).keys() == keys


def test_what_nothing_uses_says_so() -> None:
    assert lineage("test:third_day_fires", "--up", "--lang", "en").stdout.splitlines()[1] == "  (nothing)"


def test_an_unknown_name_is_answered_with_the_near_one() -> None:
    done = lineage("metric:high_margn")
    assert isinstance(done.exception, UsageError)
    assert "did you mean 'high_margin'?" in done.exception.said.en
