"""Every pinned sentence about rules, as the test documents that users write."""

from pathlib import Path

import pytest

from engine.cases import run_case
from schema_defs.loader import load_text

LOADED = load_text(Path(__file__).with_name("pinned.yaml").read_text("utf-8"), "pinned.yaml", one=False)


def test_the_documents_are_sound():
    assert LOADED.issues == ()
    assert len(LOADED.release.cases) > 40


@pytest.mark.parametrize("name", LOADED.release.cases)
def test_it_is_as_pinned(name):
    assert [said.en for said in run_case(LOADED.release.cases[name], LOADED.release).failures] == []
