"""`duiqi test`: the test documents of a configuration, run."""

from pathlib import Path

import msgspec

from engine.cases import Result, run_case
from runtime.offline.configuration import open_configuration
from schema_defs.case import Case
from schema_defs.issue import Issue
from schema_defs.loader import Loaded
from schema_defs.loader.loaded import Written
from schema_defs.text import Said


class Tested(msgspec.Struct, frozen=True):
    """Every test with its result, and the errors that stand in other documents."""

    results: tuple[Result, ...]
    elsewhere: tuple[Issue, ...] = ()

    @property
    def failed(self) -> int:
        return sum(not result.passed for result in self.results)


def run_tests(path: Path | str) -> Tested:
    """Runs every test of the configuration; one that cannot be read has failed. UsageError if there is nothing at the path."""
    loaded = open_configuration(path)
    written = [one for one in loaded.written.values() if one.kind == "test"]
    errors = {one.name: _errors_of(one, loaded) for one in written}
    told = {id(issue) for issues in errors.values() for issue in issues}
    return Tested(
        tuple(_tested(one, errors[one.name], loaded) for one in written),
        tuple(issue for issue in loaded.issues if issue.level == "error" and id(issue) not in told),
    )


def _tested(written: Written, errors: list[Issue], loaded: Loaded) -> Result:
    if errors or not isinstance(written.document, Case):
        return Result(written.name, tuple(_said(issue) for issue in errors) or (_UNREADABLE,))
    return run_case(written.document, loaded.release)


def _errors_of(written: Written, loaded: Loaded) -> list[Issue]:
    """The errors inside the lines of the document."""
    last = written.first_line + written.text.rstrip().count("\n")
    return [
        issue
        for issue in loaded.issues
        if issue.level == "error" and issue.file == written.file and written.first_line <= issue.line <= last
    ]


def _said(issue: Issue) -> Said:
    place = f"{issue.file}:{issue.line}:{issue.column}"
    zh, en = f"{place}：{issue.message.zh}", f"{place}: {issue.message.en}"
    if issue.suggestion is None:
        return Said(zh=zh, en=en)
    return Said(zh=f"{zh}（{issue.suggestion.zh}）", en=f"{en} ({issue.suggestion.en})")


_UNREADABLE = Said(
    zh="测试文档读不懂，请先运行 duiqi check", en="the test document cannot be read; run duiqi check first"
)
