"""The tenant's passwords and signing keys: written once, used by connectors, shown never."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from runtime.secrets.rows import SecretRow
from runtime.tenancy import put_all, rows
from schema_defs.errors import UsageError
from schema_defs.text import Said


class Secrets:
    """Encrypts with the first of the comma-separated keys and reads with any of them, so that keys can be replaced."""

    def __init__(self, secret_key: str) -> None:
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in secret_key.split(",")])

    async def put(self, tenant: str, name: str, value: str) -> None:
        """Stores or replaces a secret."""
        row = SecretRow(tenant=tenant, name=name, ciphertext=self.encrypt(value))
        await put_all([row], unique=("tenant", "name"), update=("ciphertext",))

    async def get(self, tenant: str, name: str) -> str | None:
        """The secret for a connector's use; never show, log or return it to a page."""
        row = await rows(SecretRow, tenant).get_or_none(name=name)
        return self.decrypt(row.ciphertext) if row else None

    async def resolve(self, tenant: str, references: dict[str, str]) -> dict[str, str]:
        """The values of `secrets: {password: erp_password}`; an error names what is missing."""
        found = {key: await self.get(tenant, name) for key, name in references.items()}
        missing = sorted(references[key] for key, value in found.items() if value is None)
        if missing:
            raise UsageError(_missing(missing))
        return {key: value for key, value in found.items() if value is not None}

    async def names(self, tenant: str) -> list[str]:
        """Which secrets there are; what pages may show of them."""
        return [row.name for row in await rows(SecretRow, tenant).order_by("name")]

    async def delete(self, tenant: str, name: str) -> None:
        await rows(SecretRow, tenant).filter(name=name).delete()

    def encrypt(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, ciphertext: str) -> str:
        try:
            return self._fernet.decrypt(ciphertext.encode()).decode()
        except InvalidToken as error:
            raise UsageError(_OTHER_KEY) from error

    def __repr__(self) -> str:
        return "Secrets(…)"


def _derived(key: str) -> bytes:
    """Fernet's 32 bytes from a key of any length."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"duiqi secrets 1\0" + key.strip().encode()).digest())


def _missing(names: list[str]) -> Said:
    listed = ", ".join(f"'{name}'" for name in names)
    return Said(
        zh=f"密钥库中没有 {listed}；请由 IT 在“连接”页填写",
        en=f"the secret store has no {listed}; IT enters it on the connections page",
    )


_OTHER_KEY = Said(
    zh="无法解密：数据是用另一个 DUIQI_SECRET_KEY 加密的；把旧密钥以逗号接在新密钥之后",
    en="cannot decrypt: this was encrypted with another DUIQI_SECRET_KEY; append the old key to the new one after a comma",
)
