"""What an open page is told: only what its reader may see."""

import pytest

from admin.wiring.stream import live_event
from runtime.events import GAP, Event
from runtime.people.rights import Sight

MANAGER = Sight(roles=frozenset({"manager"}), regions=frozenset({"shanghai"}), people=frozenset({"s01"}))
DIRECTOR = Sight(roles=frozenset({"director"}), everything=True)


def numbers(*rows: str, everything: bool = False) -> Event:
    return Event("7", "numbers", {"seq": 7, "rows": list(rows), "all": everything, "moved": 1})


def test_rows_outside_ones_sight_are_left_out():
    told = live_event(numbers("person:s01", "region:shanghai", "region:tianjin", "company:company"), MANAGER)

    assert told is not None
    assert told.rows == ("person:s01", "region:shanghai")
    assert (told.kind, told.id, told.all) == ("cells", "7", False)


def test_a_change_elsewhere_is_not_told_at_all():
    assert live_event(numbers("region:tianjin", "person:s40"), MANAGER) is None


def test_the_director_is_told_everything():
    told = live_event(numbers("region:tianjin", "company:company"), DIRECTOR)

    assert told is not None
    assert told.rows == ("region:tianjin", "company:company")


def test_a_large_import_says_all_and_names_no_row():
    told = live_event(numbers(everything=True), MANAGER)

    assert told is not None
    assert (told.all, told.rows) == (True, ())


def test_after_a_gap_everything_is_loaded_again():
    told = live_event(Event("9", GAP), MANAGER)

    assert told is not None
    assert told.all


@pytest.mark.parametrize(("key", "is_told"), [("shanghai", True), ("tianjin", False)])
def test_an_alert_is_told_to_those_who_see_its_scope(key, is_told):
    event = Event("3", "alert", {"rule": "behind_pace", "scope": "region", "key": key, "state": "firing"})

    assert (live_event(event, MANAGER) is not None) == is_told


@pytest.mark.parametrize(
    ("kind", "name"),
    [("delivery", "messages"), ("release", "release"), ("snapshot", "snapshots"), ("source", "release")],
)
def test_kinds_have_the_pages_names(kind, name):
    told = live_event(Event("1", kind, {"id": "x"}), MANAGER)

    assert told is not None
    assert told.kind == name


def test_what_is_not_for_pages_is_dropped():
    assert live_event(Event("1", "quarantine", {"rows": 3, "source": "erp"}), DIRECTOR) is None
