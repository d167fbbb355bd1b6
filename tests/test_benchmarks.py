"""The benchmarks run outside the suite; here each is at least read."""

from importlib import import_module
from pathlib import Path

import pytest

SCRIPTS = sorted(
    path.stem for path in (Path(__file__).parents[1] / "benchmarks").glob("*.py") if path.stem != "__init__"
)


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_benchmark_can_be_read(name):
    assert import_module(f"benchmarks.{name}").__doc__
