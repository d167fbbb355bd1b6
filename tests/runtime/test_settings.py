"""Settings: what the environment decides, and the key that is made where nobody gives one."""

import stat
from pathlib import Path

import pytest

from runtime.settings import read_settings
from schema_defs.errors import UsageError


def test_without_anything_it_is_sqlite_and_the_embedded_queue(tmp_path: Path) -> None:
    settings = read_settings({"DUIQI_DATA_DIR": str(tmp_path / "data")})
    assert settings.sqlite
    assert settings.embedded
    assert settings.database_url == f"sqlite://{tmp_path}/data/duiqi.db"


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = read_settings({"DUIQI_DATA_DIR": str(tmp_path)})
    assert len(first.secret_key) >= 32
    assert read_settings({"DUIQI_DATA_DIR": str(tmp_path)}).secret_key == first.secret_key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_server_needs_a_key_that_all_its_processes_share(tmp_path: Path) -> None:
    server = {"DUIQI_DATA_DIR": str(tmp_path), "DUIQI_DATABASE_URL": "postgres://u:p@host/d"}
    with pytest.raises(UsageError, match="DUIQI_SECRET_KEY"):
        read_settings(server)
    assert read_settings({**server, "DUIQI_SECRET_KEY": "0123456789abcdef"}).secret_key == "0123456789abcdef"


@pytest.mark.parametrize(
    "wrong",
    [
        {"DUIQI_SECRET_KEY": "short"},
        {"DUIQI_SECRET_KEY": "0123456789abcdef,old"},
        {"DUIQI_DATABASE_URL": "mysql://h/d"},
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError) as caught:
        read_settings({"DUIQI_DATA_DIR": str(tmp_path), **wrong})
    assert caught.value.said.zh
    assert "openssl" in caught.value.said.en or "sqlite:///" in caught.value.said.en


def test_no_secret_shows_when_settings_are_printed(tmp_path: Path) -> None:
    environment = {
        "DUIQI_DATA_DIR": str(tmp_path), "DUIQI_SECRET_KEY": "canary-0123456789", "DUIQI_DATABASE_URL": "postgres://u:canary@h/d",
    }  # fmt: skip
    assert "canary" not in repr(read_settings(environment))
