"""The `test` documents of what is to be published: none may fail."""

from engine.cases import Result, run_cases
from schema_defs.issue import Issue
from schema_defs.loader import Loaded
from schema_defs.text import Said


def failed_tests(loaded: Loaded) -> list[Issue]:
    """An error at every test document that fails, with what was not as expected."""
    return [_issue(result, loaded) for result in run_cases(loaded.release) if not result.passed]


def _issue(result: Result, loaded: Loaded) -> Issue:
    place = loaded.place("test", result.name)
    zh, en = ("；".join(said.zh for said in result.failures), "; ".join(said.en for said in result.failures))
    return Issue(
        code="failed-test",
        message=Said(zh=f"测试 '{result.name}' 未通过：{zh}", en=f"the test '{result.name}' fails: {en}"),
        file=place.file,
        line=place.line,
        column=place.column,
        suggestion=Said(
            zh="改正它所测的指标或规则，或改正测试；duiqi test 单独运行测试",
            en="mend the metric or rule that it tests, or the test; duiqi test runs the tests alone",
        ),
    )
