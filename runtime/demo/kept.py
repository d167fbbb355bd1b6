"""What a demo keeps in its folder to go on after a restart: the moment at which its clock stood."""

import shutil
from datetime import datetime
from pathlib import Path

from schema_defs.errors import UsageError
from schema_defs.text import Said

MARK, CLOCK = "demo", "clock"


def open_folder(folder: Path, *, keep: bool) -> datetime | None:
    """Makes the folder ready and gives the moment to go on from; None where the demo begins afresh, in an empty folder.

    Raises UsageError for a folder that holds something else than a demo: nothing of others is ever deleted.
    """
    if folder.exists() and not (folder / MARK).exists() and any(folder.iterdir()):
        raise UsageError(_not_ours(folder))
    moment = kept_moment(folder) if keep else None
    if moment is None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        (folder / MARK).touch()
    return moment


def kept_moment(folder: Path) -> datetime | None:
    """The moment at which the demo's clock stood; None for a demo that had not begun to run."""
    try:
        return datetime.fromisoformat((folder / CLOCK).read_text())
    except (OSError, ValueError):
        return None


def keep_moment(folder: Path, moment: datetime) -> None:
    """Keeps the moment; whoever reads sees the old one or the new one."""
    new = folder / f"{CLOCK}.new"
    new.write_text(moment.isoformat())
    new.rename(folder / CLOCK)


def _not_ours(folder: Path) -> Said:
    return Said(
        zh=f"文件夹 {folder} 里有别的内容，演示不会清空它；请用 --data-dir 指定一个空文件夹",
        en=f"the folder {folder} holds something else, and the demo does not empty it; give an empty one with --data-dir",
    )
