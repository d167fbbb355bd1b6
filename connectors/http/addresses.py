"""Which network addresses a request to a user's address may reach.

An own table: `ipaddress.is_global` of Python 3.11 calls some clouds' metadata addresses global, and says yes to
addresses that carry another address inside.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

REFUSED_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carriers; Alibaba's metadata 100.100.100.200
        "127.0.0.0/8",  # this machine
        "168.63.129.16/32",  # Azure's wire server
        "169.254.0.0/16",  # link-local; metadata 169.254.169.254
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata 192.0.0.192
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # measuring
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
UNICAST_6 = IPv6Network("2000::/3")
REFUSED_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 carries an IPv4 address
        "3fff::/20",  # documentation
    )
)
NAT64 = IPv6Network("64:ff9b::/96")
LOOPBACK_4 = IPv4Network("127.0.0.0/8")
LOOPBACK_6 = IPv6Address("::1")


def is_public(text: str) -> bool:
    """Whether the address is an ordinary one of the public internet; an IPv4 address inside IPv6 is looked at itself."""
    address = parsed(text)
    match address:
        case None:
            return False
        case IPv4Address():
            return not any(address in network for network in REFUSED_4)
        case IPv6Address():
            if address in NAT64:
                return is_public(str(IPv4Address(int(address) & 0xFFFFFFFF)))
            return address in UNICAST_6 and not any(address in network for network in REFUSED_6)


def is_loopback(text: str) -> bool:
    """Whether the address is this machine's own, written plainly."""
    address = parsed(text)
    return address in LOOPBACK_4 if isinstance(address, IPv4Address) else address == LOOPBACK_6


def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """The address, None for anything that is not written in the standard way (octal parts, zones, one number)."""
    if "%" in text:
        return None
    try:
        return ip_address(text)
    except ValueError:
        return None
