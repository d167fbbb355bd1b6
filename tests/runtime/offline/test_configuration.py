"""Opening a configuration."""

from pathlib import Path

import pytest

from runtime.offline.configuration import ConfigurationError, open_configuration, require_release
from schema_defs.errors import UsageError

EXAMPLE = Path(__file__).parents[3] / "config" / "example"


def test_a_sound_configuration_gives_its_release() -> None:
    assert "behind_pace" in require_release(EXAMPLE).rules


def test_a_broken_one_is_refused_with_all_its_errors(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("kind: metric\nname: a\nformula: b\n---\nkind: metric\nname: c\nformula: d\n")
    with pytest.raises(ConfigurationError) as raised:
        require_release(tmp_path)
    assert [issue.code for issue in raised.value.issues] == ["expression-name", "expression-name"]
    assert "a.yaml:3:10" in raised.value.said.zh
    assert "a.yaml:7:10" in raised.value.said.en


def test_warnings_do_not_refuse(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("kind: rule\nname: a\nwhen: 1 < 2\n")
    assert require_release(tmp_path).rules.keys() == {"a"}
    assert [issue.level for issue in open_configuration(tmp_path).issues] == ["warning"]


def test_problems_come_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.yaml").write_text(f"kind: metric\nname: {name}\nformula: x\nbetter: upp\n")
    found = [(Path(issue.file).name, issue.line) for issue in open_configuration(tmp_path).issues]
    assert found == [("a.yaml", 3), ("a.yaml", 4), ("b.yaml", 3), ("b.yaml", 4)]


def test_a_path_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        open_configuration(tmp_path / "nowhere")
