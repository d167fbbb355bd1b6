"""Secrets: readable for the connector that needs them, and nowhere else."""

import io
import logging

import pytest
import structlog

from runtime.context import Context
from runtime.database import connection
from runtime.logging import MASK, configure_logging, mask_text
from runtime.secrets.store import Secrets
from schema_defs.errors import UsageError

CANARY = "SEC0ffee-canary"


async def test_a_secret_comes_back_as_it_was_put(context: Context, tenant: str) -> None:
    await context.secrets.put(tenant, "erp_password", "密码 with spaces")
    await context.secrets.put(tenant, "erp_password", CANARY)
    assert await context.secrets.get(tenant, "erp_password") == CANARY
    assert await context.secrets.names(tenant) == ["erp_password"]
    assert await context.secrets.get("globex", "erp_password") is None


async def test_the_table_holds_no_secret(context: Context, tenant: str) -> None:
    await context.secrets.put(tenant, "erp_password", CANARY)
    assert CANARY not in str(await connection().execute_query_dict('SELECT * FROM "secret"'))
    assert CANARY not in repr(context)


async def test_a_connection_gets_its_secrets_by_name_or_is_told_which_is_missing(context: Context, tenant: str) -> None:
    await context.secrets.put(tenant, "erp_password", CANARY)
    assert await context.secrets.resolve(tenant, {"password": "erp_password"}) == {"password": CANARY}
    with pytest.raises(UsageError, match="'erp_user'"):
        await context.secrets.resolve(tenant, {"password": "erp_password", "user": "erp_user"})
    await context.secrets.delete(tenant, "erp_password")
    assert await context.secrets.names(tenant) == []


def test_a_new_key_reads_what_the_old_one_wrote() -> None:
    old = Secrets("the old key of this place")
    written = old.encrypt(CANARY)
    assert Secrets("the new key of this place,the old key of this place").decrypt(written) == CANARY
    with pytest.raises(UsageError, match="DUIQI_SECRET_KEY"):
        Secrets("the new key of this place").decrypt(written)


@pytest.mark.parametrize(
    "text",
    [
        f"https://oapi.dingtalk.com/robot/send?access_token={CANARY}&x=1",
        f"postgres://duiqi:{CANARY}@host/db is away",
        f"Authorization: Bearer {CANARY}",
    ],
)
def test_secrets_in_texts_are_masked(text: str) -> None:
    assert CANARY not in mask_text(text)
    assert MASK in mask_text(text)


def test_no_secret_reaches_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.StringIO()
    monkeypatch.setattr("sys.stderr", output)
    root = logging.getLogger()
    before = list(root.handlers), root.level
    configure_logging(as_json=True)
    try:
        log = structlog.get_logger("test")
        log.warning(
            "sent",
            password=CANARY,
            url=f"https://x/?sign={CANARY}",
            headers={"Authorization": CANARY},
            tries=[{"token": CANARY}],
        )
        logging.getLogger("elsewhere").warning("calling %s", f"https://x/?access_token={CANARY}")
        try:
            raise ValueError(f"cannot reach redis://:{CANARY}@host")
        except ValueError:
            log.exception("failed")
    finally:
        root.handlers[:], root.level = before
        structlog.reset_defaults()
    written = output.getvalue()
    assert CANARY not in written
    assert written.count("\n") == 3
    assert '"tries"' in written
