"""A draft tells nobody what is hidden from them: neither a rule that reads it, nor a dataset that would uncover it."""

from collections.abc import AsyncIterator

import pytest

from runtime.board.viewer import Viewer
from runtime.drafts.copy import working_document
from runtime.drafts.page import build_changes
from runtime.drafts.save import save_draft
from runtime.editor.page import look_further
from runtime.releases.prepared import demand_prepared
from runtime.settings import Settings
from tests.runtime.company import COMPANY, MONDAY, TENANT, Company, founded, noon, order

MARGIN = """
---
{kind: metric, name: margin, dataset: orders, aggregate: sum, value: amount - cost}
---
{kind: rule, name: thin, scope: region, metric: margin, when: actual < 1000}
"""


@pytest.fixture
async def company(database: str, settings: Settings) -> AsyncIterator[Company]:
    """West sold below 1,000 of margin for three days: `thin` fires there."""
    async with founded(settings, noon(MONDAY, 9)) as company:
        await company.publish(COMPANY + MARGIN)
        company.write(order("a1", MONDAY, 3000.0))
        await company.sync()
        await company.until(noon(MONDAY, 19))
        yield company


def reader(role: str) -> Viewer:
    return Viewer(tenant=TENANT, account=role, person=None, name=role, roles=(role,), organisation="Acme")


async def edit(company: Company, kind: str, name: str, old: str, new: str) -> str:
    opened = await working_document(TENANT, kind, name)
    assert opened is not None
    text = opened.text.replace(old, new)
    assert text != opened.text
    await save_draft(company.context, TENANT, text, kind=kind, name=name, version=opened.version, by="anna")
    return text


async def shown(company: Company, role: str) -> int:
    view = await build_changes(await demand_prepared(TENANT), reader(role), company.clock.now())
    return sum(len(effect.scopes) for effect in view.effects if effect.rule == "thin")


async def test_a_drafted_threshold_on_a_hidden_field_shows_no_states(company: Company) -> None:
    text = await edit(company, "rule", "thin", "1000", "2000")
    configured, now = await demand_prepared(TENANT), company.clock.now()
    assert (await shown(company, "director"), await shown(company, "author")) == (2, 0)
    look = await look_further(configured, reader("author"), now, "rule", "thin", text)
    seen = await look_further(configured, reader("director"), now, "rule", "thin", text)
    assert look is not None
    assert look.rule is not None
    assert (look.rule.hidden, look.rule.scopes) == (True, ())
    assert seen is not None
    assert seen.rule is not None
    assert (seen.rule.hidden, len(seen.rule.scopes)) == (False, 3)


async def test_a_draft_that_would_uncover_the_field_uncovers_nothing(company: Company) -> None:
    await edit(company, "dataset", "orders", ", visible_to: [director]", "")
    text = await edit(company, "rule", "thin", "1000", "2000")
    assert (await shown(company, "director"), await shown(company, "author")) == (2, 0)
    look = await look_further(
        await demand_prepared(TENANT), reader("author"), company.clock.now(), "rule", "thin", text
    )
    assert look is not None
    assert look.rule is not None
    assert look.rule.hidden
