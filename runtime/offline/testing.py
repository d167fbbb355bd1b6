"""`duiqi test`: the test documents of a configuration, run."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from engine.cases import Result, run_case
from engine.checks.formulas import inputs_of
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


def run_tests(path: Path | str, calendar: Path | None = None) -> Tested:
    """Runs every test of the configuration; one that cannot be read has failed. UsageError if there is nothing at the path."""
    loaded = open_configuration(path, calendar)
    written = [one for one in loaded.written.values() if one.kind == "test"]
    errors = {
        one.name: [issue for below in _below(one, loaded) for issue in _errors_of(below, loaded)] for one in written
    }
    told = {id(issue) for issues in errors.values() for issue in issues}
    return Tested(
        tuple(_tested(one, errors[one.name], loaded) for one in written),
        tuple(issue for issue in loaded.issues if issue.level == "error" and id(issue) not in told),
    )


def _tested(written: Written, errors: list[Issue], loaded: Loaded) -> Result:
    if errors or not isinstance(written.document, Case):
        return Result(written.name, tuple(_said(issue) for issue in errors) or (_UNREADABLE,))
    return run_case(written.document, loaded.release)


def _below(test: Written, loaded: Loaded) -> list[Written]:
    """The test, and the documents that it stands on: it cannot run while one of them is broken."""
    case = test.document
    names = [("test", test.name)]
    if isinstance(case, Case) and case.metric:
        metrics = _metrics_below((case.metric, *(one.metric for one in case.expect if one.metric)), loaded)
        datasets = [loaded.release.metrics[name].dataset for name in metrics if name in loaded.release.metrics]
        names += [("metric", name) for name in metrics] + [("dataset", name) for name in datasets if name]
        names += [key for key in loaded.written if key[0] in ("calendar", "organisation")]
    elif isinstance(case, Case):
        names += [("rule", case.rule or ""), *(key for key in loaded.written if key[0] == "calendar")]
    return [loaded.written[key] for key in dict.fromkeys(names) if key in loaded.written]


def _metrics_below(names: Iterable[str], loaded: Loaded) -> list[str]:
    """The metrics and all that their formulas name."""
    found = dict.fromkeys(names)
    waiting = list(found)
    for name in waiting:
        metric = loaded.release.metrics.get(name)
        for needed in sorted(inputs_of(metric)) if metric else ():
            if needed not in found:
                found[needed] = None
                waiting.append(needed)
    return waiting


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
