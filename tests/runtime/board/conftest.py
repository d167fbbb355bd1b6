"""A small company with orders, published and computed, on SQLite."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.board.viewer import Viewer
from runtime.clock import VirtualClock
from runtime.context import Context
from runtime.events import LocalEvents
from runtime.secrets.store import Secrets
from runtime.settings import Settings
from runtime.tenants.store import create_tenant
from tests.runtime.meetings.company_tools import DOCUMENTS, ORDERS, publish_documents, write_orders

RULES = """
---
kind: rule
name: thin
label: {zh: 毛利偏低, en: Thin margin}
scope: region
when: margin_share < 0.9
for: 1
on_fire: [{mark: amber}]
"""
AUDITOR = "roles: [{name: auditor, sees: all}]"


@pytest.fixture
async def context(sqlite_database: str, clock: VirtualClock, tmp_path: Path) -> Context:
    settings = Settings(data_dir=tmp_path, database_url=sqlite_database, secret_key="a key for tests only")
    return Context(settings=settings, clock=clock, events=LocalEvents(), secrets=Secrets(settings.secret_key))


@pytest.fixture
async def tenant(sqlite_database: str, clock: VirtualClock) -> str:
    await create_tenant("acme", "Acme", now=clock.now())
    return "acme"


@pytest.fixture
async def company(context: Context, tenant: str) -> str:
    """The tenant with its documents live and its orders computed; `thin` is a rule about a number that is made of a hidden field."""
    text = DOCUMENTS.replace("currency: CNY\nregions:", f"currency: CNY\n{AUDITOR}\nregions:", 1)
    text = text.replace("on_fire: [{notify", "unanswered: {after: 16 hours, notify: director}\non_fire: [{notify", 1)
    await publish_documents(context, tenant, text + RULES)
    await write_orders(context, tenant, *ORDERS)
    return tenant


@pytest.fixture
def reader() -> Callable[..., Viewer]:
    """Somebody with a role."""

    def make(person: str | None, role: str) -> Viewer:
        return Viewer(
            tenant="acme", account=person or role, person=person, name=person or role, roles=(role,), organisation="精工"
        )  # fmt: skip

    return make
