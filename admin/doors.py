"""The doors of a running system: sessions in the database, accounts with passwords, and the demo's cards."""

from datetime import datetime

from runtime.board.viewer import DemoDoor, SignInView, Viewer
from runtime.clock import SystemClock
from runtime.people import sessions
from runtime.people.accounts import Account, check_password, demo_account
from runtime.releases.prepared import Prepared, prepared
from runtime.tenants.store import demand_tenant, list_tenants
from schema_defs.errors import RefusedError
from schema_defs.text import Lang, Text

DEMO_ROLES = ("director", "manager", "seller", "author", "it")


class RuntimeDoors:
    """`demo_tenant` names the tenant whose accounts need no password. Sessions live in real time, whatever the demo's clock says."""

    def __init__(self, clock: SystemClock | None = None, *, demo_tenant: str | None = None) -> None:
        self.clock = clock or SystemClock()
        self.demo_tenant = demo_tenant

    async def page(self, lang: Lang) -> SignInView:
        if self.demo_tenant is None:
            return SignInView(organisation="")
        configured = await prepared(self.demo_tenant)
        cards = [await self._card(configured, role) for role in DEMO_ROLES]
        return SignInView(
            organisation=await _organisation(self.demo_tenant, configured), demo=tuple(card for card in cards if card)
        )

    async def sign_in_as(self, role: str, old: str | None = None) -> str | None:
        account = await self._demo(role)
        return await sessions.sign_in(account, now=self.clock.now(), old_cookie=old) if account else None

    async def sign_in(self, login: str, password: str, old: str | None = None) -> str | None:
        """`login` is a name, or `tenant/name` where several organisations share the system."""
        tenant, name = await _tenant_and_name(login)
        if not tenant or not name:
            return None
        try:
            account = await check_password(tenant, name, password, now=self.clock.now())
        except RefusedError:
            return None
        return await sessions.sign_in(account, now=self.clock.now(), old_cookie=old)

    async def viewer(self, token: str) -> Viewer | None:
        session = await sessions.session_of(token, now=self.clock.now())
        if session is None:
            return None
        language: Lang = "en" if session.data.get("language", session.account.language) == "en" else "zh"
        return await viewer_of_account(session.account, language, self.clock.now())

    async def sign_out(self, token: str) -> None:
        await sessions.sign_out(token)

    async def set_language(self, token: str, lang: Lang) -> None:
        session = await sessions.session_of(token, now=self.clock.now())
        if session is not None:
            await sessions.put_data(token, {**session.data, "language": lang})

    async def _demo(self, role: str) -> Account | None:
        if self.demo_tenant is None or role not in DEMO_ROLES:
            return None
        try:
            return await demo_account(self.demo_tenant, role)
        except RefusedError:
            return None

    async def _card(self, configured: Prepared | None, role: str) -> DemoDoor | None:
        account = await self._demo(role)
        if account is None:
            return None
        name, region = _name_and_region(configured, account, self.clock.now())
        return DemoDoor(role=role, name=name, region=region)


async def viewer_of_account(account: Account, language: Lang, now: datetime) -> Viewer:
    """Who the account's person is in the live configuration; before the first release only the account is known."""
    configured = await prepared(account.tenant)
    name, region = _name_and_region(configured, account, now)
    return Viewer(
        tenant=account.tenant,
        account=account.id,
        person=account.person,
        name=name,
        roles=account.roles,
        organisation=await _organisation(account.tenant, configured),
        lang=language,
        region=region,
        demo=account.demo,
    )


def _name_and_region(configured: Prepared | None, account: Account, now: datetime) -> tuple[Text, Text | None]:
    person = configured.org.person(account.person) if configured and account.person else None
    if configured is None or person is None:
        return account.login, None
    region = configured.org.region_of(person.key, configured.calendar.today(now))
    return person.label or person.key, configured.org.label(region) if region else None


async def _organisation(tenant: str, configured: Prepared | None) -> Text:
    document = configured.release.organisation if configured else None
    return (document.label if document else None) or (await demand_tenant(tenant)).label


async def _tenant_and_name(login: str) -> tuple[str | None, str]:
    tenant, slash, name = login.strip().partition("/")
    if slash:
        return tenant, name
    tenants = await list_tenants()
    return (tenants[0].key if len(tenants) == 1 else None), tenant
