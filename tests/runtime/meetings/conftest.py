"""A small company with orders, published and computed."""

import pytest

from runtime.context import Context
from tests.runtime.meetings.company_tools import ORDERS, publish_documents, write_orders


@pytest.fixture
async def company(context: Context, tenant: str) -> str:
    """The tenant with its documents live and its orders computed."""
    await publish_documents(context, tenant)
    await write_orders(context, tenant, *ORDERS)
    return tenant
