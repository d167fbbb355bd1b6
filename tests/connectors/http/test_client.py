"""The guarded client, with a resolver that lies and a local server in place of the internet."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.errors import ConfigError, TransientError
from connectors.http.client import outbound_client
from connectors.http.exchange import Answer, post

PUBLIC = "203.119.128.55"
HEADERS = {"Content-Type": "application/json"}


class Names:
    """A resolver: one list of addresses per question, the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


class Wire(httpcore.AsyncNetworkBackend):
    """The internet: notes which address is dialled and connects to a server on this machine."""

    def __init__(self, port: int = 0, dead: Iterable[str] = ()) -> None:
        self.port = port
        self.dead = set(dead)
        self.dialled: list[str] = []

    async def connect_tcp(
        self, host: str, port: int, timeout: Any = None, local_address: Any = None, socket_options: Any = None
    ) -> httpcore.AsyncNetworkStream:
        self.dialled.append(host)
        if host in self.dead or not self.port:
            raise httpcore.ConnectError("refused")
        return await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", self.port, timeout)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def ask(url: str, names: Names | None = None, wire: Wire | None = None, **more: Any) -> Answer:
    async with outbound_client(resolve=names or Names([PUBLIC]), dial=wire or Wire(), **more) as http:
        return await post(http, httpx.URL(url), b"{}", HEADERS)


REFUSED = [
    "http://hooks.example.com/",
    "ftp://hooks.example.com/",
    "file:///etc/passwd",
    "gopher://hooks.example.com/",
    "https://user:pass@hooks.example.com/",
    "https://user@hooks.example.com/",
    "https://hooks.example.com@127.0.0.1/",
    "https://hooks.example.com:22/",
    "https://hooks.example.com:6379/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://127。0。0。1/",
    "https://127.0.0.1./",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://a.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://metadata/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.100.100.200/latest/meta-data/",
    "https://168.63.129.16/",
    "https://192.0.0.192/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[fd00:ec2::254]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fe80::1%25eth0]/",
    "https://a..b.example.com/",
    "https://-a.example.com/",
    "https:///path",
]


@pytest.mark.parametrize("url", REFUSED)
async def test_an_address_that_no_user_may_reach_is_refused_before_anything_is_resolved(url: str) -> None:
    names, wire = Names([PUBLIC]), Wire()
    with pytest.raises(ConfigError) as refused:
        await ask(url, names, wire)
    assert refused.value.permanent
    assert (names.asked, wire.dialled) == ([], [])


@pytest.mark.parametrize(
    "written", ["https://0177.0.0.1/", "https://256.1.1.1/", "https://ｌocalhost/", "https://①②⑦.⓪.⓪.①/"]
)
def test_hosts_in_disguise_are_no_addresses_at_all(written: str) -> None:
    with pytest.raises(httpx.InvalidURL):
        httpx.URL(written)


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:10.0.0.1"],
        ["fd00:ec2::254"],
        [PUBLIC, "127.0.0.1"],
        ["fe80::1%eth0"],
    ],
)
async def test_a_name_with_one_inner_address_is_refused_and_the_address_is_not_told(addresses: list[str]) -> None:
    wire = Wire()
    with pytest.raises(ConfigError) as refused:
        await ask("https://hooks.example.com/", Names(addresses), wire)
    assert wire.dialled == []
    assert "hooks.example.com" in refused.value.said.en
    assert not any(address in str(refused.value.said) for address in addresses)


async def test_the_checked_address_is_dialled_even_when_the_name_changes_a_moment_later() -> None:
    names, wire = Names([PUBLIC], ["127.0.0.1"]), Wire()
    with pytest.raises(TransientError):
        await ask("https://rebinding.example.com/", names, wire)
    assert (names.asked, wire.dialled) == (["rebinding.example.com"], [PUBLIC])


async def test_every_request_looks_again(tmp_path: Path) -> None:
    async with tls_server(tmp_path, b"{}") as (port, trust, _):
        names, wire = Names([PUBLIC], ["127.0.0.1"]), Wire(port)
        async with outbound_client(resolve=names, dial=wire, verify=trust) as http:
            await post(http, httpx.URL("https://hooks.example.com/"), b"{}", HEADERS)
            with pytest.raises(ConfigError):
                await post(http, httpx.URL("https://hooks.example.com/"), b"{}", HEADERS)
    assert wire.dialled == [PUBLIC]


async def test_tls_and_host_keep_the_name_while_the_address_is_pinned(tmp_path: Path) -> None:
    async with tls_server(tmp_path, b'{"errcode":0}') as (port, trust, seen):
        wire = Wire(port)
        answer = await ask("https://hooks.example.com/robot?a=1", Names([PUBLIC]), wire, verify=trust)
    assert (answer.status, answer.body) == (200, b'{"errcode":0}')
    assert wire.dialled == [PUBLIC]
    assert seen["name"] == "hooks.example.com"
    assert b"Host: hooks.example.com\r\n" in seen["request"]
    assert b"Accept-Encoding: identity\r\n" in seen["request"]


async def test_a_certificate_of_another_name_is_not_accepted(tmp_path: Path) -> None:
    async with tls_server(tmp_path, b"{}") as (port, trust, _):
        with pytest.raises(TransientError):
            await ask("https://other.example.com/", Names([PUBLIC]), Wire(port), verify=trust)


async def test_the_second_address_of_a_name_is_tried(tmp_path: Path) -> None:
    async with tls_server(tmp_path, b"{}") as (port, trust, _):
        wire = Wire(port, dead=["2400:3200::1"])
        await ask("https://hooks.example.com/", Names(["2400:3200::1", PUBLIC]), wire, verify=trust)
    assert wire.dialled == ["2400:3200::1", PUBLIC]


async def test_a_name_that_does_not_resolve_may_resolve_later() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    async with outbound_client(resolve=unknown) as http:
        with pytest.raises(TransientError) as failed:
            await post(http, httpx.URL("https://hooks.example.com/"), b"{}", HEADERS)
    assert not failed.value.uncertain


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with tls_server(tmp_path, b"{}") as (port, trust, _):
        assert (await ask("https://hooks.example.com/", Names([PUBLIC]), Wire(port), verify=trust)).status == 200


async def test_a_redirect_is_answered_and_not_followed(tmp_path: Path) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    async with tls_server(tmp_path, b"", head) as (port, trust, _):
        wire = Wire(port)
        assert (await ask("https://hooks.example.com/", Names([PUBLIC]), wire, verify=trust)).status == 302
    assert wire.dialled == [PUBLIC]


async def test_at_most_64_kilobytes_are_read_of_an_endless_answer(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"
    async with tls_server(tmp_path, b"x" * 200_000, head) as (port, trust, _):
        answer = await ask("https://hooks.example.com/", Names([PUBLIC]), Wire(port), verify=trust)
    assert len(answer.body) == 64 * 1024


async def test_a_compressed_answer_is_not_opened(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n"
    async with tls_server(tmp_path, b"\x1f\x8b\x08\x00", head) as (port, trust, _):
        assert (await ask("https://hooks.example.com/", Names([PUBLIC]), Wire(port), verify=trust)).body == b""


async def test_an_answer_that_trickles_ends_with_the_total_time(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    async with (
        tls_server(tmp_path, b"x" * 1000, head, pause=0.05) as (port, trust, _),
        outbound_client(resolve=Names([PUBLIC]), dial=Wire(port), verify=trust) as http,
    ):
        with pytest.raises(TransientError) as failed:
            await post(http, httpx.URL("https://hooks.example.com/"), b"{}", HEADERS, total=0.4)
    assert failed.value.uncertain


@pytest.mark.parametrize(
    ("url", "addresses"), [("http://127.0.0.1:1/", ["127.0.0.1"]), ("http://localhost:1/", ["::1", "127.0.0.1"])]
)
async def test_this_machine_may_be_asked_only_where_the_setting_says_so(url: str, addresses: list[str]) -> None:
    wire = Wire()
    with pytest.raises(TransientError):
        await ask(url, Names(addresses), wire, allow_loopback=True)
    assert wire.dialled == addresses
    with pytest.raises(ConfigError):
        await ask(url, Names(addresses))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://hooks.example.com/", "127.0.0.1"),
        ("http://hooks.example.com/", PUBLIC),
        ("http://localhost/", PUBLIC),
        ("http://10.0.0.1/", "10.0.0.1"),
        ("http://u:p@127.0.0.1/", "127.0.0.1"),
    ],
)
async def test_that_setting_opens_nothing_else(url: str, address: str) -> None:
    wire = Wire()
    with pytest.raises(ConfigError):
        await ask(url, Names([address]), wire, allow_loopback=True)
    assert wire.dialled == []


@asynccontextmanager
async def tls_server(
    folder: Path, body: bytes, head: bytes | None = None, pause: float = 0.0
) -> AsyncIterator[tuple[int, ssl.SSLContext, dict[str, Any]]]:
    """A TLS server for hooks.example.com on this machine: its port, a context that trusts it, and what it saw."""
    seen: dict[str, Any] = {}
    server_context, trust = contexts(folder)
    server_context.sni_callback = lambda _, name, __: seen.update(name=name)
    head = head or b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            seen["request"] = await reader.readuntil(b"\r\n\r\n")
            writer.write(head)
            for start in range(0, len(body), 20 if pause else len(body)):
                writer.write(body[start : start + (20 if pause else len(body))])
                await writer.drain()
                await asyncio.sleep(pause)
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=server_context)
    async with server:
        yield server.sockets[0].getsockname()[1], trust, seen


def contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a fresh self-signed certificate, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example.com")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("hooks.example.com"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return server, ssl.create_default_context(cafile=str(folder / "cert.pem"))
