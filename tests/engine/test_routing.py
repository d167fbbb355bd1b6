"""Who is told, and why."""

import datetime as dt

import msgspec
import pytest

from engine.org import Org, org_of
from engine.routing import Scope, asked_for_support, data_owners, escalated_to, recipients, told_of
from schema_defs.loader import load_text
from schema_defs.rule import Action, RuleBody, Unanswered

ORG = org_of(
    load_text(
        """
kind: organisation
name: company
regions:
  - {key: east, manager: m01, deputy: d01}
  - {key: shanghai, parent: east}
  - {key: nanjing, parent: east, manager: m03}
  - {key: west}
people:
  - {key: s01, region: shanghai}
  - {key: s02, region: nanjing, manager: m09}
  - {key: s03, region: west}
  - {key: s04, region: [{region: west, from: 2026-01-01}, {region: nanjing, from: 2026-03-01}]}
  - {key: m01, roles: [manager], region: east, manager: boss}
  - {key: m03, roles: [manager], region: nanjing, deputy: s02}
  - {key: m09, roles: [manager]}
  - {key: d01, roles: [manager]}
  - {key: boss, roles: [director]}
  - {key: old, roles: [director], left: 2025-12-31}
  - {key: helper, roles: [it]}
""",
        "org.yaml",
    ).release.organisation
)
DAY = dt.date(2026, 3, 4)


def told(notify, kind, key, absent=(), day=DAY):
    return [one.person for one in recipients(notify, Scope(kind, key), ORG, day, absent)]


@pytest.mark.parametrize(
    ("notify", "kind", "key", "people"),
    [
        ("subject", "person", "s01", ["s01"]),
        ("subject", "region", "east", []),
        ("manager", "region", "east", ["m01"]),
        ("manager", "region", "shanghai", ["m01"]),  # the nearest above
        ("manager", "region", "nanjing", ["m03"]),  # the one written at it
        ("manager", "person", "s01", ["m01"]),
        ("manager", "person", "s02", ["m09"]),  # the person's own
        ("manager", "person", "m01", ["boss"]),
        ("manager_of(1)", "region", "nanjing", ["m03"]),
        ("manager_of(2)", "region", "nanjing", ["m01"]),
        ("manager_of(3)", "region", "nanjing", ["boss"]),
        ("manager_of(2)", "person", "s01", ["boss"]),
        ("manager", "region", "west", ["boss"]),  # nobody manages it: the directors
        ("manager", "company", "company", ["boss"]),
        ("manager_of(9)", "region", "east", ["boss"]),
        ("director", "region", "east", ["boss"]),  # who left is not told
        ("it", "region", "east", ["helper"]),
        ("m09", "region", "east", ["m09"]),
        ("nobody", "region", "east", []),
    ],
)
def test_the_word_means_these_people(notify, kind, key, people):
    assert told(notify, kind, key) == people


def test_the_manager_of_a_person_follows_the_membership_of_the_day():
    assert told("manager", "person", "s04", day=dt.date(2026, 2, 28)) == ["boss"]
    assert told("manager", "person", "s04", day=dt.date(2026, 3, 1)) == ["m03"]


def test_a_deputy_stands_in_for_the_absent_and_says_for_whom():
    (one,) = recipients("manager", Scope("region", "shanghai"), ORG, DAY, {"m01"})
    assert (one.person, one.instead_of) == ("d01", "m01")
    assert "m01" in one.why.zh
    assert "m01" in one.why.en


def test_without_anybody_to_stand_in_the_message_waits_for_the_person():
    assert told("manager", "region", "shanghai", {"m01", "d01"}) == ["m01"]


def test_a_deputy_is_never_told_about_themselves():
    assert told("manager", "person", "s02", {"m09"}) == ["m09"]
    assert told("manager", "region", "nanjing", {"m03"}) == ["s02"]


def test_about_a_person_only_privately():
    assert all(one.private for one in recipients("manager", Scope("person", "s01"), ORG, DAY))
    assert not any(one.private for one in recipients("manager", Scope("region", "east"), ORG, DAY))


def test_nobody_is_told_twice_and_each_kind_of_notice_has_its_own_people():
    rule = RuleBody(
        when="actual < 1",
        on_fire=(Action(notify="manager"), Action(notify="m01"), Action(mark="red"), Action(notify="director")),
        on_recover=(Action(notify="director"),),
    )
    scope = Scope("region", "east")
    assert [one.person for one in told_of(rule, "fired", scope, ORG, DAY)] == ["m01", "boss"]
    assert [one.person for one in told_of(rule, "repeated", scope, ORG, DAY)] == ["m01", "boss"]
    assert [one.person for one in told_of(rule, "recovered", scope, ORG, DAY)] == ["boss"]
    assert [one.person for one in told_of(rule, "no_data", scope, ORG, DAY)] == ["helper"]
    assert [one.person for one in told_of(rule, "data_back", scope, ORG, DAY)] == ["helper"]


def test_missing_data_never_goes_to_a_sales_manager():
    empty = org_of(None, [])
    assert data_owners(Scope("region", "east"), empty, DAY) == ()


def test_escalation_and_support_use_the_same_words():
    scope = Scope("region", "nanjing")
    assert [one.person for one in escalated_to(Unanswered(after="8 hours", notify="director"), scope, ORG, DAY)] == [
        "boss"
    ]
    assert [
        one.person for one in asked_for_support(Action(request="support", from_="manager_of(2)"), scope, ORG, DAY)
    ] == ["m01"]
    assert [one.person for one in asked_for_support(Action(request="support"), scope, ORG, DAY)] == ["m03"]


def test_every_reason_is_told_in_both_languages():
    for notify in ("subject", "manager", "manager_of(2)", "director", "m09"):
        for one in recipients(notify, Scope("person", "s01"), ORG, DAY):
            assert one.why.zh
            assert one.why.en
            assert one.why.zh != one.why.en


def left(notify, kind, key, **gone):
    """Who is told when some people left on the day before."""
    people = [msgspec.structs.replace(person, left=gone.get(person.key, person.left)) for person in ORG.people()]
    after = Org([ORG.region(each) for each in ORG.regions()], people)
    return [(one.person, one.instead_of) for one in recipients(notify, Scope(kind, key), after, DAY)]


YESTERDAY = DAY - dt.timedelta(days=1)


def test_what_was_a_leavers_goes_to_the_deputy_else_to_whoever_stands_above_else_to_the_directors():
    assert left("manager", "region", "shanghai", m01=YESTERDAY) == [("d01", "m01")]
    assert left("manager", "region", "shanghai", m01=YESTERDAY, d01=YESTERDAY) == [("boss", "m01")]
    assert left("manager", "region", "nanjing", m03=YESTERDAY, s02=YESTERDAY) == [("m01", "m03")]
    assert left("manager", "person", "s02", m09=YESTERDAY) == [("boss", "m09")]
    assert left("m03", "company", "company", m03=YESTERDAY, s02=YESTERDAY) == [("m01", "m03")]


def test_a_leaver_is_told_until_the_last_day_and_nothing_about_themselves_after_it():
    assert left("manager", "region", "shanghai", m01=DAY) == [("m01", None)]
    assert left("subject", "person", "s01", s01=DAY) == [("s01", None)]
    assert left("subject", "person", "s01", s01=YESTERDAY) == []
