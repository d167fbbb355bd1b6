"""A rule's case: the days are lived step by step, and each step is compared with what was expected."""

from collections.abc import Iterator
from datetime import date

from engine.calendar import WorkCalendar
from engine.cases.known import Known, is_keyed
from engine.cases.words import notices_differ, state_differs, unknown_scope, wrong_silence
from engine.rules.explain import explain
from engine.rules.judge import Judge, is_judged
from engine.rules.notices import Told, silenced
from engine.rules.timeline import Outcome, timeline
from engine.rules.verdict import Judgement
from schema_defs.case import Case, Step
from schema_defs.rule import RuleBody
from schema_defs.text import Said


def rule_failures(case: Case, rule: RuleBody, calendar: WorkCalendar) -> list[Said]:
    """What was not as expected, step by step."""
    scopes = case.scope_keys
    judge = Judge(rule, calendar.is_working)
    failures = [*_wrong_scopes(case, scopes), *_wrong_silences(case)]
    lived = [_Lived(case, rule, calendar, judge, scope, scopes) for scope in scopes or (None,)]
    for step in case.days:
        for one in lived:
            failures += one.failures_of(step)
    return failures


class _Lived:
    """One scope of a case, as it is known and was told so far."""

    def __init__(
        self,
        case: Case,
        rule: RuleBody,
        calendar: WorkCalendar,
        judge: Judge,
        scope: str | None,
        scopes: tuple[str, ...],
    ) -> None:
        self._case, self._rule, self._calendar, self._judge = case, rule, calendar, judge
        self._scope, self._scopes = scope, scopes
        self._known, self._told = Known(), Told()

    def failures_of(self, step: Step) -> Iterator[Said]:
        """Lives the step, then says where it is not as expected."""
        self._known.learn(step, self._scope, self._scopes)
        silent = silenced(self._case.silences, self._scope, step.day)
        outcome = timeline(self._rule, self._judgements(step.day), step.day, self._told, silent=silent)
        self._told = outcome.told
        yield from self._compared(step, outcome, silent)

    def _judgements(self, until: date) -> list[Judgement]:
        return [
            self._judge.judge(day, row)
            for day, row in self._known.days.items()
            if day <= until and is_judged(self._rule, self._calendar, day)
        ]

    def _compared(self, step: Step, outcome: Outcome, silent: bool) -> Iterator[Said]:
        expected = step.expected(self._scope)
        notices = tuple(notice.kind for notice in outcome.notices)
        why = self._why(step, outcome)
        if expected.state is not None and expected.state != outcome.state:
            yield state_differs(self._scope, step.day, expected.state, outcome.state, why)
        if expected.notices is not None and expected.notices != notices:
            yield notices_differ(self._scope, step.day, expected.notices, notices, silent, why)

    def _why(self, step: Step, outcome: Outcome) -> Said:
        last = outcome.past[-1] if outcome.past else None
        values = self._known.days[last.day] if last else {}
        reason = explain(self._rule, last, values, self._judge.names)
        if is_judged(self._rule, self._calendar, step.day):
            return reason
        return Said(
            zh=f"{step.day} 不是工作日，不判定；{reason.zh}",
            en=f"{step.day} is no working day and is not judged; {reason.en}",
        )


def _wrong_scopes(case: Case, scopes: tuple[str, ...]) -> Iterator[Said]:
    """Keys of scopes that the test does not have."""
    if not scopes:
        return
    for step in case.days:
        for brought in (step.values, *step.late.values(), step.expect):
            if isinstance(brought, dict) and (brought is step.expect or is_keyed(brought, scopes)):
                yield from (unknown_scope(step.day, key, scopes) for key in brought if key not in scopes)


def _wrong_silences(case: Case) -> Iterator[Said]:
    yield from (wrong_silence(one.from_, one.to) for one in case.silences if one.to < one.from_)
