"""The menu: one entry per page, and who sees it."""

import msgspec

from runtime.board.viewer import Viewer


class Entry(msgspec.Struct, frozen=True):
    """`roles` empty: everybody."""

    key: str
    path: str
    icon: str
    roles: tuple[str, ...] = ()
    needs_chat: bool = False


MENU = (
    Entry("board", "/board", "board"),
    Entry("alerts", "/alerts", "alert"),
    Entry("targets", "/targets", "target"),
    Entry("calibration", "/calibration", "calibration", ("manager", "director", "author")),
    Entry("chat", "/chat", "chat", needs_chat=True),
    Entry("workbench", "/workbench", "workbench", ("author", "director", "it")),
    Entry("records", "/records", "records", ("author", "director", "manager", "it")),
)


def menu_of(viewer: Viewer, *, chat: bool) -> tuple[Entry, ...]:
    return tuple(entry for entry in MENU if _is_for(entry, viewer) and (chat or not entry.needs_chat))


def may_open(viewer: Viewer, key: str) -> bool:
    return any(entry.key == key and _is_for(entry, viewer) for entry in MENU)


def _is_for(entry: Entry, viewer: Viewer) -> bool:
    return not entry.roles or viewer.has(*entry.roles)
