"""Results appear whole or not at all, and only where a file may stand."""

import os
import threading
from pathlib import Path

import pytest

from admin.cli.output import write_bytes, write_out
from schema_defs.errors import OutsideError


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")
    write_out("甲\n", path)
    assert path.read_bytes() == "甲\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_file_is_written_to_and_stays_what_it_is(tmp_path: Path) -> None:
    """As an administrator one could otherwise replace /dev/null."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_bytes(b"through", pipe)
    reader.join(10)
    assert read == [b"through"]
    assert pipe.is_fifo()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("before")
    (tmp_path / "link").symlink_to("real")
    write_bytes(b"after", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"after"


@pytest.mark.parametrize("place", ["nowhere/out.csv", "."])
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, place: str) -> None:
    with pytest.raises(OutsideError) as caught:
        write_bytes(b"x", tmp_path / place)
    assert str(tmp_path) in caught.value.said.zh
