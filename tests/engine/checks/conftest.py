"""A configuration that is right, to break one thing of it at a time."""

from collections.abc import Callable

import pytest

from engine.checks import Available, Needs, check
from schema_defs.issue import Issue
from schema_defs.loader import load_text

SOUND = """
kind: organisation
regions:
  - {key: east, manager: m1}
  - {key: shanghai, parent: east}
people:
  - {key: m1, roles: [manager]}
  - {key: s1, region: shanghai}
---
kind: dataset
name: orders
key: order_number
time: ordered
owner: seller_id
fields:
  order_number: text
  ordered: date
  seller_id: person
  amount: {type: money, currency: CNY}
  status: {type: choice, choices: [open, done]}
---
kind: metric
name: amount
dataset: orders
aggregate: sum
value: amount
---
kind: metric
name: lines
dataset: orders
aggregate: count
"""
HERE = Available(connectors=("file",), channels={"dingtalk_robot": Needs(("url",), ("sign",)), "inbox": Needs()})


@pytest.fixture
def problems() -> Callable[[str], list[Issue]]:
    """What the checks find when a document is added to the sound configuration."""

    def find(document: str) -> list[Issue]:
        loaded = load_text(f"{SOUND}---\n{document}", "added.yaml", one=False)
        return [*loaded.issues, *check(loaded, HERE)]

    return find
