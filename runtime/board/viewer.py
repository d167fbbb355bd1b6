"""Who looks: what the pages and the view builders know of the signed-in person."""

import msgspec

from schema_defs.text import Lang, Text


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in person of one tenant. The tenant comes from the session alone."""

    tenant: str
    account: str
    person: str | None
    name: Text
    roles: tuple[str, ...]
    organisation: Text
    lang: Lang = "zh"
    region: Text | None = None
    demo: bool = False

    def has(self, *roles: str) -> bool:
        return any(role in self.roles for role in roles)


class DemoDoor(msgspec.Struct, frozen=True, kw_only=True):
    """One card of the demo's sign-in page."""

    role: str
    name: Text
    region: Text | None = None


class SignInView(msgspec.Struct, frozen=True, kw_only=True):
    organisation: Text
    demo: tuple[DemoDoor, ...] = ()
    """Empty when this is no demo: then one signs in with login and password."""
