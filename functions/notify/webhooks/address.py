"""Which addresses a webhook may be sent to.

An agency chooses the URL, the sender stands inside our network: without this guard a URL could reach the
instance metadata service or a neighbour (server-side request forgery). Two steps, both before any
connection: `check_url` reads the URL strictly and refuses what it does not fully understand; `resolve` asks
for the host's addresses once and refuses the host if even one of them is not public. The sender then
connects to an address that `resolve` returned and asks for no name again.

Tables transcribed from:

- IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, RFC 8190) as they stood on 2026-07-18: 26
  and 25 entries, the newest being 100:0:0:1::/64 (RFC 9780, April 2025),
- IANA IPv4 and IPv6 address space registries for multicast (RFC 5771, RFC 4291) and for 2000::/3, outside
  of which no global unicast address has been assigned (RFC 4291, RFC 3513).

Entries that the registries call globally reachable (anycast relays, AS112, NAT64) are refused too: none is
the address of an agency's server, and the NAT64 and 6to4 forms carry any IPv4 address inside them.
"""

import queue
import re
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from functions.notify.webhooks.attempt import AttemptError

type IPAddress = IPv4Address | IPv6Address
type Resolver = Callable[..., Sequence[tuple[Any, ...]]]

MAX_URL_LENGTH = 2048
MAX_HOST_LENGTH = 253
MAX_LABEL_LENGTH = 63

IPV4_NOT_PUBLIC: tuple[tuple[str, str, str], ...] = (
    ("0.0.0.0/8", "This network", "RFC 791"),
    ("0.0.0.0/32", "This host on this network", "RFC 1122"),
    ("10.0.0.0/8", "Private use", "RFC 1918"),
    ("100.64.0.0/10", "Shared address space", "RFC 6598"),
    ("127.0.0.0/8", "Loopback", "RFC 1122"),
    ("169.254.0.0/16", "Link local", "RFC 3927"),
    ("172.16.0.0/12", "Private use", "RFC 1918"),
    ("192.0.0.0/24", "IETF protocol assignments", "RFC 6890"),
    ("192.0.0.0/29", "IPv4 service continuity", "RFC 7335"),
    ("192.0.0.8/32", "IPv4 dummy address", "RFC 7600"),
    ("192.0.0.9/32", "Port Control Protocol anycast", "RFC 7723"),
    ("192.0.0.10/32", "TURN anycast", "RFC 8155"),
    ("192.0.0.170/32", "NAT64/DNS64 discovery", "RFC 8880"),
    ("192.0.0.171/32", "NAT64/DNS64 discovery", "RFC 8880"),
    ("192.0.2.0/24", "Documentation (TEST-NET-1)", "RFC 5737"),
    ("192.31.196.0/24", "AS112-v4", "RFC 7535"),
    ("192.52.193.0/24", "AMT", "RFC 7450"),
    ("192.88.99.0/24", "6to4 relay anycast, deprecated", "RFC 7526"),
    ("192.88.99.2/32", "6a44 relay anycast", "RFC 6751"),
    ("192.168.0.0/16", "Private use", "RFC 1918"),
    ("192.175.48.0/24", "Direct delegation AS112 service", "RFC 7534"),
    ("198.18.0.0/15", "Benchmarking", "RFC 2544"),
    ("198.51.100.0/24", "Documentation (TEST-NET-2)", "RFC 5737"),
    ("203.0.113.0/24", "Documentation (TEST-NET-3)", "RFC 5737"),
    ("224.0.0.0/4", "Multicast", "RFC 5771"),
    ("240.0.0.0/4", "Reserved", "RFC 1112"),
    ("255.255.255.255/32", "Limited broadcast", "RFC 8190"),
)

IPV6_NOT_PUBLIC: tuple[tuple[str, str, str], ...] = (
    ("::1/128", "Loopback", "RFC 4291"),
    ("::/128", "Unspecified", "RFC 4291"),
    ("::/96", "IPv4-compatible, deprecated", "RFC 4291"),
    ("::ffff:0:0/96", "IPv4-mapped", "RFC 4291"),
    ("::ffff:0:0:0/96", "IPv4-translated (SIIT)", "RFC 7915"),
    ("64:ff9b::/96", "IPv4/IPv6 translation (NAT64)", "RFC 6052"),
    ("64:ff9b:1::/48", "IPv4/IPv6 translation, local use", "RFC 8215"),
    ("100::/64", "Discard only", "RFC 6666"),
    ("100:0:0:1::/64", "Dummy prefix", "RFC 9780"),
    ("2001::/23", "IETF protocol assignments", "RFC 2928"),
    ("2001::/32", "Teredo", "RFC 4380"),
    ("2001:1::1/128", "Port Control Protocol anycast", "RFC 7723"),
    ("2001:1::2/128", "TURN anycast", "RFC 8155"),
    ("2001:1::3/128", "DNS-SD service registration anycast", "RFC 9665"),
    ("2001:2::/48", "Benchmarking", "RFC 5180"),
    ("2001:3::/32", "AMT", "RFC 7450"),
    ("2001:4:112::/48", "AS112-v6", "RFC 7535"),
    ("2001:10::/28", "ORCHID, deprecated", "RFC 4843"),
    ("2001:20::/28", "ORCHIDv2", "RFC 7343"),
    ("2001:30::/28", "Drone remote identification", "RFC 9374"),
    ("2001:db8::/32", "Documentation", "RFC 3849"),
    ("2002::/16", "6to4", "RFC 3056"),
    ("2620:4f:8000::/48", "Direct delegation AS112 service", "RFC 7534"),
    ("3fff::/20", "Documentation", "RFC 9637"),
    ("5f00::/16", "Segment routing identifiers", "RFC 9602"),
    ("fc00::/7", "Unique local", "RFC 4193"),
    ("fe80::/10", "Link local", "RFC 4291"),
    ("fec0::/10", "Site local, deprecated", "RFC 3879"),
    ("ff00::/8", "Multicast", "RFC 4291"),
)

_IPV4_NOT_PUBLIC = tuple(IPv4Network(block) for block, _, _ in IPV4_NOT_PUBLIC)
_IPV6_NOT_PUBLIC = tuple(IPv6Network(block) for block, _, _ in IPV6_NOT_PUBLIC)
_IPV6_GLOBAL_UNICAST = IPv6Network("2000::/3")
# ISATAP (RFC 5214, section 6.1): an interface identifier of 0000:5efe or 0200:5efe, then an IPv4 address.
_ISATAP_IDENTIFIERS = (0x0000_5EFE, 0x0200_5EFE)

# Names that only a private network or the machine itself answers (RFC 6761, RFC 6762, RFC 8375, and
# .internal, which ICANN reserved for private use in 2024). What else a local resolver may answer is caught
# by its addresses.
_PRIVATE_SUFFIXES = ("localhost", "local", "internal", "home.arpa")

_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?P<fragment>#.*)?"
)
_PATH = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*")
_QUERY = re.compile(r"\?(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*")
# What people copy out of a browser as it is, and RFC 3986 has only as %XX.
_USED_IN_QUERIES = re.compile(r'[\[\]{}|^`"<>]')
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_DEFAULT_PORTS = {"https": 443, "http": 80}


class AddressRefused(ValueError):
    """The URL or its addresses are not allowed. `field` is the part at fault."""

    def __init__(self, reason: AttemptError, field: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.field = field


class NameNotResolved(OSError):
    """The resolver has no address for the host; it may have one later."""


@dataclass(frozen=True, kw_only=True)
class AddressPolicy:
    """What a stage allows. The defaults are those of every stage but the local one.

    `ports`: the ports allowed, or None for any (local stage).
    """

    allow_http: bool = False
    allow_private: bool = False
    ports: tuple[int, ...] | None = (443,)


@dataclass(frozen=True, kw_only=True)
class Target:
    """A URL that passed `check_url`, in its normal form. `path` includes the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The value of the Host header: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def literal(self) -> IPAddress | None:
        """The address, where the host is one (local stage only)."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None


def is_public(address: IPAddress) -> bool:
    """Whether a webhook may be sent to this address on the open internet."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _IPV4_NOT_PUBLIC)
    if address.scope_id is not None or address not in _IPV6_GLOBAL_UNICAST:
        return False
    if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP_IDENTIFIERS:
        return False
    return not any(address in network for network in _IPV6_NOT_PUBLIC)


def check_url(url: str, *, policy: AddressPolicy) -> Target:
    """Read a subscription's URL strictly, but for what queries in use have: `[`, `|`, `{` and their like are encoded. No
    name is resolved here.

    Raises AddressRefused with the reason and the field: url, scheme, user_info, host, port, path or fragment.
    """
    if len(url) > MAX_URL_LENGTH:
        raise _too_long()
    if any(ord(character) <= 0x20 or ord(character) == 0x7F or character.isspace() for character in url):
        raise AddressRefused(
            AttemptError.URL_CHARACTERS, "url", "The URL holds white space or control characters."
        )
    if "\\" in url:
        raise AddressRefused(AttemptError.URL_CHARACTERS, "url", "The URL holds a backslash.")
    parts = _URL.fullmatch(url)
    if parts is None:
        raise AddressRefused(
            AttemptError.URL_MALFORMED, "url", "The URL must have the form https://host/path."
        )
    scheme = _check_scheme(parts["scheme"].lower(), policy=policy)
    if "@" in parts["authority"]:
        raise AddressRefused(
            AttemptError.USER_INFO, "user_info", "The URL must not hold a user name or password."
        )
    if parts["fragment"] is not None:
        raise AddressRefused(AttemptError.FRAGMENT, "fragment", "The URL must not have a fragment (#).")
    host, port_text = _split_authority(parts["authority"])
    host = _check_host(host, policy=policy)
    port = _check_port(port_text, scheme=scheme, policy=policy)
    query = _USED_IN_QUERIES.sub(lambda each: f"%{ord(each[0]):02X}", parts["query"] or "")
    if not _PATH.fullmatch(parts["path"]) or (query and not _QUERY.fullmatch(query)):
        raise AddressRefused(
            AttemptError.PATH_CHARACTERS,
            "path",
            "Path and query must be ASCII; write other characters as %XX.",
        )
    target = Target(scheme=scheme, host=host, port=port, path=(parts["path"] or "/") + query)
    if len(target.url) > MAX_URL_LENGTH:
        raise _too_long()
    return target


def _too_long() -> AddressRefused:
    return AddressRefused(
        AttemptError.URL_TOO_LONG, "url", f"The URL is longer than {MAX_URL_LENGTH} characters."
    )


def resolve(
    target: Target,
    *,
    policy: AddressPolicy,
    deadline: float,
    resolver: Resolver = socket.getaddrinfo,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[IPAddress, ...]:
    """The target's addresses, in the resolver's order, each once; all of them public.

    `deadline` is on `clock` (seconds). Raises AddressRefused if any one address is not public,
    NameNotResolved if there is none, TimeoutError at the deadline (the look-up itself cannot be cancelled:
    its thread is left behind and ends with the system's own resolver timeout).
    """
    if (literal := target.literal) is not None:
        addresses: tuple[IPAddress, ...] = (literal,)
    else:
        addresses = _look_up(target, resolver=resolver, timeout=deadline - clock())
    if not policy.allow_private:
        for address in addresses:
            if not is_public(address):
                raise AddressRefused(
                    AttemptError.ADDRESS_NOT_PUBLIC,
                    "host",
                    f"The host resolves to {address}, which is not a public address.",
                )
    return addresses


def _check_scheme(scheme: str, *, policy: AddressPolicy) -> str:
    if scheme == "https" or (scheme == "http" and policy.allow_http):
        return scheme
    raise AddressRefused(AttemptError.SCHEME, "scheme", "The URL must begin with https://.")


def _split_authority(authority: str) -> tuple[str, str | None]:
    if authority.startswith("["):
        host, bracket, rest = authority.partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise AddressRefused(AttemptError.HOST_MALFORMED, "host", "The host is not a host name.")
        return host + bracket, rest[1:] if rest else None
    host, colon, port = authority.partition(":")
    return host, port if colon else None


def _check_port(text: str | None, *, scheme: str, policy: AddressPolicy) -> int:
    if text is not None and not _PORT.fullmatch(text):
        raise AddressRefused(AttemptError.PORT, "port", "The port is not a number between 1 and 65535.")
    port = _DEFAULT_PORTS[scheme] if text is None else int(text)
    if port > 65535 or (policy.ports is not None and port not in policy.ports):
        allowed = "any" if policy.ports is None else ", ".join(map(str, policy.ports))
        raise AddressRefused(AttemptError.PORT, "port", f"Port {port} is not allowed; allowed: {allowed}.")
    return port


def _check_host(host: str, *, policy: AddressPolicy) -> str:
    """The host in lower case: a name in A-labels, or an address where the policy allows private ones."""
    if not host:
        raise AddressRefused(AttemptError.HOST_MISSING, "host", "The URL has no host.")
    if not host.isascii():
        raise AddressRefused(
            AttemptError.HOST_NOT_ASCII,
            "host",
            "Write an international domain name in its ASCII form (xn--…), with plain dots.",
        )
    host = host.lower()
    if host.startswith("["):
        return _check_ipv6_literal(host[1:-1], policy=policy)
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1] or labels[-2 if len(labels) > 1 else -1]):
        return _check_ipv4_literal(host, policy=policy)
    if len(host) > MAX_HOST_LENGTH or any(len(label) > MAX_LABEL_LENGTH for label in labels):
        raise AddressRefused(
            AttemptError.HOST_TOO_LONG, "host", "The host name is longer than DNS allows (RFC 1035)."
        )
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise AddressRefused(
            AttemptError.HOST_MALFORMED,
            "host",
            "A host name has letters, digits and hyphens between single dots.",
        )
    if not policy.allow_private and (len(labels) == 1 or _is_private_name(host)):
        raise AddressRefused(
            AttemptError.HOST_PRIVATE, "host", "The host name is not one of the public internet."
        )
    return host


def _is_private_name(host: str) -> bool:
    return any(host == suffix or host.endswith("." + suffix) for suffix in _PRIVATE_SUFFIXES)


# A host whose last label is a number is an IPv4 address to every URL reader (WHATWG URL, "ends in a
# number") and to inet_aton, which also takes octal, hexadecimal and shortened forms. Readers differ on
# those, so none is taken.
def _check_ipv4_literal(host: str, *, policy: AddressPolicy) -> str:
    if policy.allow_private:
        try:
            return str(IPv4Address(host))
        except ValueError:
            pass
    raise _host_is_address()


def _check_ipv6_literal(text: str, *, policy: AddressPolicy) -> str:
    if "%" in text:
        raise AddressRefused(AttemptError.ZONE_ID, "host", "The host must not have a zone identifier.")
    if policy.allow_private:
        try:
            return str(IPv6Address(text))
        except ValueError:
            raise AddressRefused(
                AttemptError.HOST_MALFORMED, "host", "The host is not an IPv6 address."
            ) from None
    raise _host_is_address()


def _host_is_address() -> AddressRefused:
    return AddressRefused(AttemptError.HOST_IS_ADDRESS, "host", "The host must be a name, not an IP address.")


def _look_up(target: Target, *, resolver: Resolver, timeout: float) -> tuple[IPAddress, ...]:
    answers: queue.SimpleQueue[Sequence[tuple[Any, ...]] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolver(target.host, target.port, type=socket.SOCK_STREAM))
        except Exception as error:  # handed to the caller's thread, which decides
            answers.put(error)

    if timeout <= 0:
        raise TimeoutError("no time left to resolve the host")
    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except queue.Empty:
        raise TimeoutError(f"no answer for {target.host} in time") from None
    if isinstance(answer, (OSError, UnicodeError)):
        raise NameNotResolved(f"{target.host}: {answer}") from answer
    if isinstance(answer, Exception):
        raise answer
    addresses = tuple(dict.fromkeys(_address_of(entry) for entry in answer))
    if not addresses:
        raise NameNotResolved(f"{target.host}: no address")
    return addresses


def _address_of(entry: tuple[Any, ...]) -> IPAddress:
    socket_address = entry[4]
    scope_id = socket_address[3] if len(socket_address) > 3 else 0
    if scope_id or "%" in str(socket_address[0]):
        raise AddressRefused(
            AttemptError.ZONE_ID, "host", "The host resolves to an address with a zone identifier."
        )
    return ip_address(socket_address[0])
