"""The tables of people (in two times), accounts and sessions."""

from typing import Any

from tortoise import fields

from runtime.columns import Day, Json, MaybeMoment, Moment, key_column, maybe_key, name_column
from runtime.row import Row


class PersonRow(Row):
    """One version of somebody of the organisation, known from `known_at` until `superseded_at`.

    `label` and `region` hold one value each, as the document has it (a text, a map or a list); `reach` (phones, chat identities, e-mail) is encrypted.
    """

    key = key_column()
    label = Json[list[Any]]()
    roles = Json[list[str]]()
    region = Json[list[Any]]()
    manager = maybe_key()
    deputy = maybe_key()
    reach = fields.TextField(default="")
    joined = Day(null=True)
    left = Day(null=True)
    known_at = Moment()
    superseded_at = MaybeMoment()

    class Meta:
        table = "person"
        unique_together = (("tenant", "id"),)
        indexes = (("tenant", "key", "known_at"),)


class AccountRow(Row):
    """Who may sign in; `person` is the person's key, empty for accounts of machines and administrators."""

    login = key_column()
    password_hash = fields.TextField(null=True)
    person = maybe_key()
    roles = Json[list[str]]()
    language = fields.CharField(max_length=8, default="zh")
    demo = fields.BooleanField(default=False)
    active = fields.BooleanField(default=True)
    failed_count = fields.IntField(default=0)
    locked_until = MaybeMoment()

    class Meta:
        table = "account"
        unique_together = (("tenant", "id"), ("tenant", "login"))


class SessionRow(Row):
    """One signed-in device; `token_hash` is the hash of what the cookie holds."""

    token_hash = fields.CharField(max_length=64)
    account = name_column()
    created_at = Moment()
    seen_at = Moment()
    expires_at = Moment()
    admin_until = MaybeMoment()
    data = Json[dict[str, Any]]()

    class Meta:
        table = "session"
        unique_together = (("tenant", "id"), ("tenant", "token_hash"))
        indexes = (("tenant", "account"), ("tenant", "expires_at"))
