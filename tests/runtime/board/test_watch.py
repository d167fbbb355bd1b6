"""How a rule sees a scope, day by day: which condition failed, by how much; also where nothing ever fired."""

from datetime import date

import pytest

from runtime.board.watch_page import build_watch
from runtime.queue.drain import drain_until
from runtime.releases.prepared import demand_prepared

MONDAY = date(2026, 3, 2)


@pytest.fixture
async def watch(context, company, reader, clock):
    await drain_until(context, clock, clock.now().replace(hour=11))

    async def see(rule, of, who=("boss", "director"), day=None):
        scope, _, key = of.partition(":")
        configured = await demand_prepared("acme")
        return await build_watch(configured, reader(*who), clock.now(), rule=rule, scope=scope, key=key, day=day)

    return see


async def test_a_day_on_which_nothing_fired_says_which_condition_failed_and_by_how_much(watch):
    view = await watch("behind", "region:hefei", day=MONDAY)
    condition = view.chosen.when[0]

    assert view.alert is None
    assert (view.chosen.verdict, view.chosen.state) == ("clear", "inactive")
    assert (condition.text, condition.truth, condition.sign) == ("attainment < 0.8 * pace", False, "<")
    assert condition.short == pytest.approx(condition.left - condition.right)
    assert condition.short > 0
    assert condition.format == "percent"
    assert [each.why for each in view.chosen.read] == ["amount:region:hefei@2026-03-02"] * 2
    assert view.chosen.sentence.en.startswith("on 2026-03-02 the condition attainment < 0.8 * pace was clear")


async def test_a_day_that_fired_says_so_too(watch):
    view = await watch("behind", "region:shanghai")

    assert view.chosen.day == MONDAY, "the last judged day, unless another one is asked for"
    assert view.chosen.when[0].truth
    assert view.chosen.when[0].short < 0
    assert view.alert is not None
    assert view.chosen.streak.value == "firing"
    assert {day.value for day in view.chosen.streak.parts} == {"holds"}
    assert view.chosen.streak.parts[-1].label == "2026-03-02"
    assert len(view.chosen.streak.parts[-1].parts) == 2, "the attainment and the pace of the day"


async def test_a_scope_that_the_rule_does_not_watch_and_a_day_that_is_not_judged(watch):
    above, sunday = await watch("behind", "region:east"), await watch("behind", "region:hefei", day=date(2026, 3, 1))

    assert not above.is_watched
    assert above.chosen is None
    assert sunday.chosen is None
    assert sunday.is_watched


@pytest.mark.parametrize(
    ("rule", "of", "who", "seen"),
    [
        ("thin", "region:hefei", ("boss", "director"), True),
        ("thin", "region:hefei", (None, "author"), False),
        ("behind", "region:hefei", ("m_east", "manager"), True),
        ("behind", "region:chengdu", ("m_east", "manager"), False),
        ("behind", "region:shanghai", ("s01", "seller"), False),
        ("none", "region:hefei", ("boss", "director"), False),
        ("behind", "person:s01", ("boss", "director"), False),
    ],
)
async def test_only_who_sees_the_number_sees_how_a_rule_sees_it(watch, rule, of, who, seen):
    assert (await watch(rule, of, who) is not None) == seen


async def test_the_strip_shows_the_days_around_the_one_that_is_asked_for(watch):
    days = [each.day for each in (await watch("behind", "region:hefei", day=date(2026, 1, 15))).strip]

    assert (days[0], days[-1], len(days)) == (date(2026, 1, 6), date(2026, 1, 20), 15)
    assert [each.day for each in (await watch("behind", "region:hefei", day=MONDAY)).strip][-1] == MONDAY
