"""Whether an address that a user configured may be asked at all, before anything is resolved."""

import re
from typing import NoReturn

import httpx

from connectors.errors import ConfigError
from connectors.http.addresses import is_loopback, is_public, parsed
from schema_defs.text import Said

PORTS = frozenset({443, 8443})
NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)")
HOST = re.compile(r"[a-z0-9_]([a-z0-9_\-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_\-]*[a-z0-9_])?)*")


def is_loopback_name(host: str) -> bool:
    """Whether the host is this machine by its own name: `localhost`, `127.0.0.1`, `::1`."""
    return host == "localhost" or is_loopback(host)


def check_target(url: httpx.URL, *, allow_loopback: bool) -> None:
    """Raises ConfigError unless the address is https without user name, on an allowed port, at a well-formed host that
    is no private address. With `allow_loopback` this machine may also be asked, by http and on any port."""
    host = url.raw_host.decode("ascii", "replace").lower()
    if url.userinfo:
        refuse("地址中不能带用户名或密码", "the address must not carry a user name or password")
    if allow_loopback and is_loopback_name(host) and url.scheme in ("http", "https"):
        return
    if url.scheme != "https":
        refuse("只允许 https 地址", "only https addresses are allowed")
    if url.port not in (None, *PORTS):
        allowed = ", ".join(map(str, sorted(PORTS)))
        refuse(f"端口 {url.port} 不允许；可用：{allowed}", f"port {url.port} is not allowed; use {allowed}")
    check_host(host)


def check_host(host: str) -> None:
    """Raises ConfigError for a host that is a private address, an address in disguise, or not well-formed."""
    if parsed(host) is not None:
        if not is_public(host):
            refuse_private(host)
        return
    if not HOST.fullmatch(host) or len(host) > 253:
        refuse("主机名写法不正确", "the host name is not well-formed")
    last = host.rsplit(".", 1)[-1]
    if NUMBER.fullmatch(last) or "." not in host or last in ("localhost", "local", "internal"):
        refuse_private(host)


def refuse_private(host: str) -> NoReturn:
    """Says the name that the user wrote, never the address behind it: that would map the inner network."""
    refuse(
        f"{host} 不是公网地址，不允许访问；请填写公网地址",
        f"{host} is not on the public internet and must not be asked; give a public address",
    )


def refuse(zh: str, en: str) -> NoReturn:
    raise ConfigError(Said(zh=zh, en=en))
