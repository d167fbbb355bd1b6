"""Signing in and out of the running system. Sessions live in the machine's time, even where the product's is virtual."""

import time
from collections import OrderedDict
from collections.abc import Mapping

from runtime.board.viewer import DemoDoor, SignInView, Viewer
from runtime.clock import SystemClock
from runtime.people.accounts import Account, check_password, demo_account
from runtime.people.sessions import put_data, session_of, sign_in, sign_out
from runtime.releases.prepared import Prepared, prepared
from runtime.tenants.store import find_tenant, list_tenants
from schema_defs.errors import RefusedError
from schema_defs.text import Lang, Text

TRUSTED = 1.0
"""Seconds for which a session that was just looked at is not looked at again; what ends it here ends it at once."""
SEEN = 4096

ROLES = ("seller", "manager", "director", "author", "it")


class RunningDoors:
    """`demo` maps what the demo's cards say (`seller`, …) to a tenant and a role; empty where this is no demo."""

    def __init__(self, demo: Mapping[str, tuple[str, str]] | None = None) -> None:
        self._demo = demo or {}
        self._clock = SystemClock()
        self._seen: OrderedDict[str, tuple[float, Viewer]] = OrderedDict()

    async def page(self, lang: Lang) -> SignInView:
        doors = [await self._door(card) for card in self._demo]
        tenant = next((tenant for tenant, _ in self._demo.values()), None)
        organisation = await _organisation(tenant, await prepared(tenant)) if tenant else ""
        return SignInView(organisation=organisation, demo=tuple(doors))

    async def sign_in_as(self, role: str, old: str | None = None) -> str | None:
        """A session of the demo's account behind the card; None where there is no such card."""
        if role not in self._demo:
            return None
        self._seen.pop(old or "", None)
        return await sign_in(await demo_account(*self._demo[role]), now=self._clock.now(), old_cookie=old)

    async def sign_in(self, login: str, password: str, old: str | None = None) -> str | None:
        """A session for `login`, or `login@tenant` where the machine serves several; None if they do not fit."""
        name, tenant = await _tenant_of(login)
        if tenant is None:
            return None
        try:
            account = await check_password(tenant, name, password, now=self._clock.now())
        except RefusedError:
            return None
        self._seen.pop(old or "", None)
        return await sign_in(account, now=self._clock.now(), old_cookie=old)

    async def viewer(self, token: str) -> Viewer | None:
        """Who is behind the cookie, as the organisation knows them today."""
        seen_at, viewer = self._seen.get(token, (0.0, None))
        if viewer is not None and time.monotonic() - seen_at < TRUSTED:
            return viewer
        self._seen.pop(token, None)
        session = await session_of(token, now=self._clock.now())
        if session is None:
            return None
        lang = session.data.get("lang", session.account.language)
        viewer = await _viewer(session.account, "en" if lang == "en" else "zh")
        self._seen[token] = time.monotonic(), viewer
        if len(self._seen) > SEEN:
            self._seen.popitem(last=False)
        return viewer

    async def sign_out(self, token: str) -> None:
        await sign_out(token)
        self._seen.pop(token, None)

    async def set_language(self, token: str, lang: Lang) -> None:
        await put_data(token, {"lang": lang})
        self._seen.pop(token, None)

    async def _door(self, card: str) -> DemoDoor:
        tenant, role = self._demo[card]
        viewer = await _viewer(await demo_account(tenant, role), "zh")
        return DemoDoor(role=card, name=viewer.name, region=viewer.region)


async def _viewer(account: Account, lang: Lang) -> Viewer:
    configured = await prepared(account.tenant)
    person = configured.org.person(account.person) if configured and account.person else None
    region = person.region if person and isinstance(person.region, str) else None
    return Viewer(
        tenant=account.tenant,
        account=account.login,
        person=account.person,
        name=(person.label or person.key) if person else account.login,
        roles=account.roles,
        organisation=await _organisation(account.tenant, configured),
        lang=lang,
        region=configured.org.label(region) if configured and region and configured.org.has_region(region) else None,
        demo=account.demo,
    )


async def _organisation(tenant: str, configured: Prepared | None) -> Text:
    organisation = configured.release.organisation if configured else None
    if organisation and organisation.label:
        return organisation.label
    found = await find_tenant(tenant)
    return found.label if found else tenant


async def _tenant_of(login: str) -> tuple[str, str | None]:
    """The login and its tenant: what stands behind the last `@`, else the only tenant there is."""
    name, _, tenant = login.rpartition("@")
    if name and await find_tenant(tenant) is not None:
        return name, tenant
    tenants = await list_tenants()
    return login, tenants[0].key if len(tenants) == 1 else None
