"""Which language a person reads."""

from runtime.people.rows import AccountRow
from runtime.tenancy import rows
from schema_defs.text import Lang


async def language_of(tenant: str, person: str) -> Lang:
    """The language of the person's account; Chinese for somebody who has none."""
    found = await rows(AccountRow, tenant).filter(person=person).order_by("login").limit(1)
    return "en" if found and found[0].language == "en" else "zh"
