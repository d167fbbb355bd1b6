"""Where a row finds its place in time, against a naive second reading of the definition."""

from datetime import UTC, date, datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.records.record import Record
from runtime.records.timeline import Timeline, Version

START = datetime(2026, 3, 2, tzinfo=UTC)


def at(hour: float) -> datetime:
    return START + timedelta(hours=hour)


def record(content: str, known: float | None = None, *, deleted: bool = False) -> Record:
    return Record(
        dataset="orders",
        key=("A1",),
        day=date(2026, 3, 2),
        owner="s01",
        region="east",
        values={"content": content},
        deleted=deleted,
        known_at=None if known is None else at(known),
    )


def stored(line: Timeline) -> Timeline:
    """The timeline as it comes back from the tables."""
    return Timeline([msgspec.structs.replace(version, record=None) for version in line.versions])


def content_of(version: Version) -> str:
    return str(msgspec.json.decode(version.values)["content"])


def as_known(line: Timeline, moment: datetime) -> list[str]:
    """What a query by `known_at <= moment < until` finds."""
    valid = [one for one in line.versions if one.known_at <= moment and (one.until is None or moment < one.until)]
    return [content_of(one) for one in valid]


def test_a_first_row_is_the_present_version_from_now_on() -> None:
    line = Timeline()
    line.say([record("a")], at(5))
    assert [(content_of(one), one.number, one.known_at, one.until) for one in line.versions] == [("a", 1, at(5), None)]
    assert line.changed_places() == {(date(2026, 3, 2), "east", "s01")}


def test_the_same_again_says_nothing() -> None:
    line = Timeline()
    line.say([record("a")], at(5))
    again = stored(line)
    again.say([record("a")], at(6))
    assert (list(again.added()), list(again.moved()), again.changed_places()) == ([], [], None)


def test_a_version_that_was_known_earlier_gets_its_place_before_the_present_one() -> None:
    line = Timeline()
    line.say([record("new", 8)], at(9))
    later = stored(line)
    later.say([record("old", 3)], at(10))
    assert [(one.known_at, one.until, one.number) for one in later.versions] == [(at(3), at(8), 2), (at(8), None, 1)]
    assert later.changed_places() is None
    assert list(later.moved()) == []


def test_what_comes_between_two_versions_ends_the_one_before() -> None:
    line = Timeline()
    line.say([record("a", 1), record("c", 5)], at(9))
    later = stored(line)
    later.say([record("b", 3)], at(10))
    assert list(later.moved()) == [(at(3), later.versions[0].id)]
    assert [as_known(later, at(hour)) for hour in (0, 1, 3, 5)] == [[], ["a"], ["b"], ["c"]]


def test_a_row_from_the_future_is_known_from_now_on() -> None:
    line = Timeline()
    line.say([record("a", 100)], at(5))
    assert line.versions[0].known_at == at(5)


def test_a_clock_that_steps_back_makes_no_version_older_than_its_predecessor() -> None:
    line = Timeline()
    line.say([record("a")], at(5))
    line.say([record("b")], at(4))
    assert [(content_of(one), one.known_at) for one in line.versions] == [("a", at(5)), ("b", at(5))]
    assert as_known(line, at(5)) == ["b"]


def test_several_versions_of_one_moment_read_again_leave_no_trace() -> None:
    line = Timeline()
    line.say([record("a", 2), record("b", 2), record("a", 2)], at(9))
    again = stored(line)
    again.say([record("a", 2), record("b", 2), record("a", 2)], at(10))
    assert as_known(line, at(2)) == ["a"]
    assert list(again.added()) == []


def test_a_deletion_empties_the_place_and_a_deleted_record_marks_none() -> None:
    line = Timeline()
    line.say([record("a", 1)], at(2))
    gone = stored(line)
    gone.say([record("", 3, deleted=True)], at(4))
    assert gone.changed_places() == {(date(2026, 3, 2), "east", "s01")}
    twice = stored(gone)
    twice.say([record("other", 5, deleted=True)], at(6))
    assert twice.changed_places() == set()


class Naive:
    """All statements in the order of arrival; the question goes through all of them."""

    def __init__(self) -> None:
        self.said: list[tuple[datetime, str]] = []

    def say(self, content: str, known: datetime | None, now: datetime) -> None:
        if known is not None:
            self.said.append((min(known, now), content))
        elif not self.said or self.at(datetime.max.replace(tzinfo=UTC)) != [content]:
            self.said.append((max(now, *(moment for moment, _ in self.said)) if self.said else now, content))

    def at(self, moment: datetime) -> list[str]:
        best: tuple[datetime, str] | None = None
        for since, content in self.said:
            if since <= moment and (best is None or since >= best[0]):
                best = since, content
        return [best[1]] if best else []


rows = st.tuples(st.sampled_from("abc"), st.none() | st.integers(0, 8))


@settings(max_examples=120, deadline=None)
@given(st.lists(st.lists(rows, min_size=1, max_size=4), min_size=1, max_size=6))
def test_at_every_moment_the_same_is_known_as_by_the_naive_reading(chunks: list[list[tuple[str, int | None]]]) -> None:
    line, naive = Timeline(), Naive()
    for position, chunk in enumerate(chunks):
        now = at(9 + position)
        line.say([record(content, known) for content, known in chunk], now)
        for content, known in chunk:
            naive.say(content, None if known is None else at(known), now)
        for hour in range(20):
            assert as_known(line, at(hour)) == naive.at(at(hour))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 4)), min_size=1, max_size=10))
def test_a_file_that_is_read_again_changes_nothing(some: list[tuple[str, int]]) -> None:
    rows = [record(content, known) for content, known in sorted(some, key=lambda each: each[1])]
    line = Timeline()
    line.say(rows, at(9))
    again = stored(line)
    again.say(rows, at(10))
    assert (list(again.added()), list(again.moved()), again.changed_places()) == ([], [], None)
