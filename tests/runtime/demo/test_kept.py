"""A demo's folder: emptied for a new demo, kept for one that goes on, and never anybody else's."""

from datetime import UTC, datetime

import pytest

from runtime.demo.kept import keep_moment, kept_moment, open_folder
from schema_defs.errors import UsageError

MOMENT = datetime(2026, 6, 11, 2, 30, 15, 250_000, tzinfo=UTC)


def test_a_new_demo_begins_in_an_empty_folder(tmp_path):
    assert open_folder(tmp_path / "demo", keep=False) is None
    (tmp_path / "demo" / "duiqi.db").write_text("old")
    keep_moment(tmp_path / "demo", MOMENT)

    assert open_folder(tmp_path / "demo", keep=False) is None
    assert not (tmp_path / "demo" / "duiqi.db").exists()
    assert kept_moment(tmp_path / "demo") is None


def test_a_kept_demo_goes_on_from_where_its_clock_stood(tmp_path):
    open_folder(tmp_path / "demo", keep=False)
    (tmp_path / "demo" / "duiqi.db").write_text("old")
    keep_moment(tmp_path / "demo", MOMENT)

    assert open_folder(tmp_path / "demo", keep=True) == MOMENT
    assert (tmp_path / "demo" / "duiqi.db").read_text() == "old"


def test_a_demo_that_was_stopped_before_it_ran_begins_afresh(tmp_path):
    open_folder(tmp_path / "demo", keep=False)
    (tmp_path / "demo" / "duiqi.db").write_text("half")

    assert open_folder(tmp_path / "demo", keep=True) is None
    assert not (tmp_path / "demo" / "duiqi.db").exists()


@pytest.mark.parametrize("keep", [True, False])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path, keep):
    (tmp_path / "thesis.docx").write_text("years of work")

    with pytest.raises(UsageError) as refused:
        open_folder(tmp_path, keep=keep)
    assert (tmp_path / "thesis.docx").read_text() == "years of work"
    assert str(tmp_path) in refused.value.said.zh
    assert "--data-dir" in refused.value.said.en
