"""The examples of the language, as one folder."""

from pathlib import Path

import pytest

from runtime.offline.configuration import open_configuration, require_release
from schema_defs.base import kind_of
from schema_defs.loader import load_text
from schema_defs.loader.loaded import Loaded
from schema_defs.release import BY_KIND

EXAMPLE = Path(__file__).parents[2] / "config" / "example"


@pytest.fixture(scope="module")
def example() -> Loaded:
    return open_configuration(EXAMPLE)


def test_the_examples_pass_the_check_without_a_warning(example: Loaded) -> None:
    assert example.issues == ()


def test_the_examples_show_every_kind(example: Loaded) -> None:
    assert {kind_of(document) for document in example.release.documents} == set(BY_KIND)


@pytest.mark.parametrize("name", ["reference", "harbour", "adventureworks"])
def test_the_other_configurations_that_we_ship_pass_too(name: str) -> None:
    assert require_release(EXAMPLE.parent / name).documents


def test_what_the_language_allows_beside_the_examples_is_read() -> None:
    loaded = load_text(VARIANTS, one=False)
    assert [issue.message.en for issue in loaded.issues] == []
    person = loaded.release.organisation
    assert person is not None
    assert person.people_from is not None
    plan = loaded.release.plans["quotas"]
    assert plan.targets_from is not None
    assert plan.targets_from.map.quarter == "quarter"
    assert loaded.release.plans["weights"].regions["east"].pins.keys() == {"2026-03"}
    assert loaded.release.rules["urgent_one"].check.on_change


VARIANTS = """
kind: organisation
name: company
people_from: {data: people, map: {key: salesperson_id, label: name, region: home_territory}}
---
kind: plan
name: quotas
metric: amount
targets_from: {data: quotas, map: {key: salesperson_id, year: year, quarter: quarter, value: quota}, months: even}
---
kind: plan
name: weights
metric: amount
year: 2026
total: 100
months: [6, 5, 9, 8, 8, 8, 8, 8, 10, 10, 10, 10]
regions: {east: {pins: {"2026-03": 5}}, west: {pin: 20}}
people: {s01: {weight: 2}, s02: {pin: 5}}
---
kind: dataset
name: split_lines
key: order_number
time: order_date
owner: {people: credit, share: share}
fields: {order_number: text, order_date: datetime, credit: person, share: percent}
---
kind: rule
name: urgent_one
when: actual < 1
metric: amount
scope: person
check: {on_change: true}
urgent: true
on_fire:
  - {notify: subject, channel: inbox}
  - {webhook: erp}
  - {request: support, from: manager_of(2)}
  - {snapshot: war_room}
---
kind: test
name: inline
define: {when: attainment < 0.8, for: 2}
scopes: [east, west]
days:
  - {day: 2026-03-02, values: {east: {attainment: 0.1}, west: {attainment: null}}, expect: {east: {state: pending}, west: {notices: []}}}
  - {day: 2026-03-03, late: {2026-03-02: {west: {attainment: 0.2}}}}
  - {day: 2026-03-03, values: null}
"""
