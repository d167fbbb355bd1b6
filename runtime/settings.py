"""What the environment decides."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec

from schema_defs.errors import UsageError
from schema_defs.text import Said

KEY_FILE = "secret_key"
SHORTEST_KEY = 16


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How this process runs. Without a Redis address the queue runs inside the process (`embedded`)."""

    data_dir: Path
    database_url: str
    redis_url: str | None = None
    secret_key: str
    base_url: str = "http://127.0.0.1:8000"
    log_level: str = "info"
    allow_loopback: bool = False
    """Whether channels may reach this machine itself, where the demo's simulator listens."""

    def __repr__(self) -> str:
        return f"Settings(data_dir={str(self.data_dir)!r}, embedded={self.embedded}, sqlite={self.sqlite})"

    @property
    def embedded(self) -> bool:
        return self.redis_url is None

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite:")


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from `DUIQI_*`; the defaults are SQLite and the embedded queue in `.duiqi` below the current folder."""
    data_dir = Path(environment.get("DUIQI_DATA_DIR") or ".duiqi").absolute()
    database_url = environment.get("DUIQI_DATABASE_URL") or f"sqlite://{data_dir / 'duiqi.db'}"
    if not database_url.startswith(("sqlite:", "postgres:", "postgresql:")):
        raise UsageError(_unknown_database(database_url))
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Settings(
        data_dir=data_dir,
        database_url=database_url,
        redis_url=environment.get("DUIQI_REDIS_URL") or None,
        secret_key=_secret_key(environment, data_dir, alone=database_url.startswith("sqlite:")),
        base_url=(environment.get("DUIQI_BASE_URL") or "http://127.0.0.1:8000").rstrip("/"),
        log_level=environment.get("DUIQI_LOG_LEVEL") or "info",
        allow_loopback=environment.get("DUIQI_ALLOW_LOOPBACK") == "1",
    )


def _secret_key(environment: Mapping[str, str], data_dir: Path, *, alone: bool) -> str:
    """The given key; a process that is alone with its SQLite file makes one and keeps it beside the file, for the owner only."""
    given = environment.get("DUIQI_SECRET_KEY")
    if given:
        if any(len(key) < SHORTEST_KEY for key in given.split(",")):
            raise UsageError(_SHORT_KEY)
        return given
    if not alone:
        raise UsageError(_NO_KEY)
    path = data_dir / KEY_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(32))
    return path.read_text().strip()


def _unknown_database(url: str) -> Said:
    scheme = url.split(":", 1)[0]
    return Said(
        zh=f"DUIQI_DATABASE_URL 以“{scheme}:”开头；可用的是 sqlite:///路径 或 postgres://用户:密码@主机/库名",
        en=f"DUIQI_DATABASE_URL starts with '{scheme}:'; use sqlite:///PATH or postgres://USER:PASSWORD@HOST/NAME",
    )


_SHORT_KEY = Said(
    zh=f"DUIQI_SECRET_KEY 的每个密钥至少 {SHORTEST_KEY} 个字符；可用 `openssl rand -base64 32` 生成",
    en=f"every key of DUIQI_SECRET_KEY needs at least {SHORTEST_KEY} characters; make one with `openssl rand -base64 32`",
)
_NO_KEY = Said(
    zh="使用 PostgreSQL 时必须设置 DUIQI_SECRET_KEY，且所有进程相同；可用 `openssl rand -base64 32` 生成",
    en="with PostgreSQL, DUIQI_SECRET_KEY must be set, the same for all processes; make one with `openssl rand -base64 32`",
)
