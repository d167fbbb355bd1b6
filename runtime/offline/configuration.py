"""Opens a configuration: read, checked, and refused as a whole where somebody needs it without errors."""

from datetime import datetime
from pathlib import Path

import msgspec

from engine.checks import check
from engine.year_plans import dated
from runtime.calendars.file import read_days
from runtime.offline.available import available
from schema_defs.errors import AuthorError
from schema_defs.issue import Issue
from schema_defs.loader import Loaded, load_path
from schema_defs.release import Release
from schema_defs.text import Said

_SHOWN = 20


class ConfigurationError(AuthorError):
    """The configuration has errors; `issues` lists all of them."""

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        super().__init__(_listing(issues))
        self.issues = issues


def open_configuration(path: Path | str, calendar: Path | None = None, now: datetime | None = None) -> Loaded:
    """The configuration of a folder or a file with every problem that was found; UsageError if there is nothing at the path.

    `calendar` is a file of days off, as a running system has them in its table. With `now` the checks look at the year
    that is running, too.
    """
    loaded = load_path(path)
    if calendar is not None:
        loaded = msgspec.structs.replace(loaded, release=dated(loaded.release, read_days(calendar)))
    return checked(loaded, now)


def checked(loaded: Loaded, now: datetime | None = None) -> Loaded:
    """The configuration with the problems that show only when its documents are seen together."""
    issues = (*loaded.issues, *check(loaded, available(now)))
    ordered = sorted(issues, key=lambda issue: (issue.file, issue.line, issue.column))
    return msgspec.structs.replace(loaded, issues=tuple(ordered))


def require_release(path: Path | str) -> Release:
    """The release of a configuration without errors; ConfigurationError lists the errors otherwise."""
    return require(open_configuration(path)).release


def require(loaded: Loaded) -> Loaded:
    """The configuration itself if it has no errors; ConfigurationError otherwise."""
    if loaded.has_errors:
        raise ConfigurationError(tuple(issue for issue in loaded.issues if issue.level == "error"))
    return loaded


def _listing(issues: tuple[Issue, ...]) -> Said:
    more = len(issues) - _SHOWN
    zh = [f"配置有 {len(issues)} 个错误，请先用 duiqi check 检查：", *(_line(issue).zh for issue in issues[:_SHOWN])]
    en = [
        f"the configuration has {len(issues)} error{'' if len(issues) == 1 else 's'} (see duiqi check):",
        *(_line(issue).en for issue in issues[:_SHOWN]),
    ]
    if more > 0:
        zh.append(f"…… 另有 {more} 个")
        en.append(f"… and {more} more")
    return Said(zh="\n".join(zh), en="\n".join(en))


def _line(issue: Issue) -> Said:
    place = f"{issue.file}:{issue.line}:{issue.column}"
    return Said(zh=f"{place}: {issue.message.zh}", en=f"{place}: {issue.message.en}")
