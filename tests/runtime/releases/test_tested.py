"""A release passes its own tests, or it does not go live."""

from pathlib import Path

import pytest

from runtime.context import Context
from runtime.offline.configuration import ConfigurationError
from runtime.releases.live import live
from runtime.releases.publish import publish
from runtime.releases.tested import failed_tests
from schema_defs.loader import load_folder, load_text

CONFIG = Path(__file__).parents[3] / "config"
ORDERS = """
kind: dataset
name: orders
key: number
time: ordered
fields: {number: text, ordered: date, amount: {type: money, currency: CNY}}
---
{kind: metric, name: amount, dataset: orders, aggregate: sum, value: amount, where: amount > 10}
---
kind: test
name: small_orders_do_not_count
metric: amount
records:
  - {number: A, ordered: 2026-03-02, amount: 100}
  - {number: B, ordered: 2026-03-02, amount: 10}
expect:
  - {scope: company, key: company, period: 2026-03, value: 100}
---
kind: test
name: two_days_behind
define: {scope: region, when: attainment < 0.5, for: 2}
days:
  - {day: 2026-03-02, values: {attainment: 0.2}, expect: {state: pending, notices: []}}
  - {day: 2026-03-03, values: {attainment: 0.2}, expect: {state: firing, notices: [fired]}}
"""


async def published(context: Context, tenant: str, text: str) -> int:
    return (await publish(context, tenant, load_text(text, "company.yaml", one=False), by="anna")).number


async def test_a_release_whose_tests_pass_goes_live(context: Context, tenant: str) -> None:
    assert await published(context, tenant, ORDERS) == 1


@pytest.mark.parametrize(
    ("change", "into", "name", "line"),
    [
        ("amount > 10", "amount >= 10", "small_orders_do_not_count", 10),
        ("for: 2", "for: 3", "two_days_behind", 19),
    ],
)
async def test_one_that_fails_is_named_and_nothing_is_published(
    context: Context, tenant: str, change: str, into: str, name: str, line: int
) -> None:
    await published(context, tenant, ORDERS)
    with pytest.raises(ConfigurationError) as refused:
        await published(context, tenant, ORDERS.replace(change, into))
    (issue,) = refused.value.issues
    assert (issue.code, issue.level, issue.line) == ("failed-test", "error", line)
    for said in (issue.message.zh, issue.message.en, refused.value.said.zh, refused.value.said.en):
        assert name in said
    now_live = await live(tenant)
    assert now_live is not None
    assert now_live.number == 1


async def test_a_test_may_be_mended_with_what_it_tests(context: Context, tenant: str) -> None:
    await published(context, tenant, ORDERS)
    both = ORDERS.replace("amount > 10", "amount >= 10").replace("value: 100}", "value: 110}")
    assert await published(context, tenant, both) == 2


@pytest.mark.parametrize("name", ["example", "reference"])
def test_what_we_ship_passes_its_own_tests(name: str) -> None:
    assert failed_tests(load_folder(CONFIG / name)) == []
