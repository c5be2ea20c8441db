"""The address guard: what it refuses, it refuses before anything is connected."""

import random
import socket
import threading
import time
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.notify.webhooks.address import (
    IPV4_NOT_PUBLIC,
    IPV6_NOT_PUBLIC,
    AddressPolicy,
    AddressRefused,
    NameNotResolved,
    check_url,
    is_public,
    resolve,
)
from functions.notify.webhooks.transport import attempt

OPEN_INTERNET = AddressPolicy()
LOCAL_STAGE = AddressPolicy(allow_http=True, allow_private=True, ports=None)


def embeddings(text: str) -> dict[str, str]:
    """The IPv6 forms that carry this IPv4 address."""
    v4 = int(IPv4Address(text))
    inverted = v4 ^ 0xFFFF_FFFF
    forms = {
        "mapped": 0xFFFF << 32 | v4,
        "compatible": v4,
        "translated": 0xFFFF << 48 | v4,
        "NAT64": 0x64_FF9B << 96 | v4,
        "NAT64 local": 0x64_FF9B_0001 << 80 | v4,
        "NAT64 local /48": 0x64_FF9B_0001 << 80 | (v4 >> 16) << 64 | (v4 & 0xFFFF) << 40,
        "6to4": 0x2002 << 112 | v4 << 80 | 1,
        "Teredo server": 0x2001_0000 << 96 | v4 << 64,
        "Teredo client": 0x2001_0000 << 96 | 0x0808_0808 << 64 | inverted,
        "ISATAP": 0x2A00_1450_4001_081B << 64 | 0x5EFE << 32 | v4,
        "ISATAP, universal bit": 0x2A00_1450_4001_081B << 64 | 0x0200_5EFE << 32 | v4,
    }
    return {name: str(IPv6Address(value)) for name, value in forms.items()}


def of_the_registries() -> list[str]:
    """First, last and a middle address of every block."""
    addresses = []
    for block, _, _ in (*IPV4_NOT_PUBLIC, *IPV6_NOT_PUBLIC):
        network = ip_network(block)
        picks = {network[0], network[-1], network[network.num_addresses // 2]}
        addresses += sorted(map(str, picks))
    return addresses


# One of each entry, written down apart from the tables: these must be refused whatever the tables say.
_REGISTERED = """
0.0.0.1 10.1.2.3 100.127.255.254 127.255.0.1 169.254.170.2 172.20.0.1 192.0.0.1 192.0.0.8 192.0.0.9 192.0.0.10
192.0.0.170 192.0.0.171 192.0.2.5 192.31.196.5 192.52.193.5 192.88.99.1 192.88.99.2 192.168.0.254 192.175.48.5
198.19.255.1 198.51.100.5 203.0.113.5 224.0.0.251 239.255.255.250 240.0.0.5 255.255.255.255
::1 :: ::ffff:1.1.1.1 64:ff9b::1.1.1.1 64:ff9b:1::1 100::5 100:0:0:1::5 2001:1ff::5 2001:0:1234::5 2001:1::1
2001:1::2 2001:1::3 2001:2::5 2001:3::5 2001:4:112::5 2001:1f::5 2001:2f::5 2001:3f::5 2001:db8:5::5
2002:101:101::5 2620:4f:8000::5 3fff:fff::5 5f00::5 fc00::5 fdff::5 fe80::5 febf::5 fec0::5 ff05::5
"""
REGISTERED = _REGISTERED.split()

INSIDE = [
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "192.168.1.1",
    "172.31.255.255",
    "100.64.0.1",
    "0.0.0.0",
]
EMBEDDED = [form for address in (*INSIDE, "8.8.8.8") for form in embeddings(address).values()]
NEIGHBOURS = ["fd00:ec2::254", "fe80::a9fe:a9fe", "::", "::1", "4000::1", "e000::1", "1::1", "ff02::1"]
NOT_PUBLIC = [*of_the_registries(), *REGISTERED, *EMBEDDED, *NEIGHBOURS]

PUBLIC = [
    "8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
    "128.0.0.0", "192.0.1.0",
    "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255",
    "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
    "2001:200::1", "2001:4860:4860::8888", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "2003::1",
    "2001:db7:ffff::1", "2001:db9::1", "3ffe:ffff::1", "2620:4f:7fff::1",
]  # fmt: skip

# By what is wrong with them; the reason is what the guard says.
# fmt: off
REFUSED_URLS = [(url, reason) for reason, urls in (
    # scheme
    ("scheme", (
        "http://hooks.example.com/", "ftp://hooks.example.com/", "file:///etc/passwd",
        "gopher://hooks.example.com/", "javascript://hooks.example.com/", "HTTP://hooks.example.com",
    )),
    ("url_malformed", (
        "", "hooks.example.com", "//hooks.example.com/", "https:/a.example.com", "https:a.example.com",
    )),
    ("host_missing", (
        "https:///path", "https://", "https://?q", "https://:443/",
    )),
    # user information
    ("user_info", (
        "https://user@hooks.example.com/", "https://user:word@hooks.example.com/",
        "https://@hooks.example.com/", "https://hooks.example.com@127.0.0.1/",
        "https://hooks.example.com:443@10.0.0.1/", "https://a@b@hooks.example.com/",
        "https://127.0.0.1:443@hooks.example.com/",
    )),
    # fragment
    ("fragment", (
        "https://hooks.example.com/#", "https://hooks.example.com#@127.0.0.1/",
    )),
    # white space, control characters, backslashes
    ("url_characters", (
        " https://hooks.example.com/", "https://hooks.example.com/ ", "https://hooks.example.com/\r\nHost: x",
        "https://hooks\t.example.com/", "https://hooks.example.com\x00.evil.example/",
        "https://hooks.example.com\u3000/", "https:\\\\127.0.0.1\\", "https://hooks.example.com\\@127.0.0.1/",
        "https://127.0.0.1\\.example.com/", "https://hooks.example.com\x7f/",
        "https://hooks.example.com\u2028/", "https://127.0.0.1 .example.com/",
    )),
    # ports
    ("port", (
        "https://hooks.example.com:8443/", "https://hooks.example.com:80/", "https://hooks.example.com:22/",
        "https://hooks.example.com:/", "https://hooks.example.com:0/", "https://hooks.example.com:0443/",
        "https://hooks.example.com:65979/", "https://hooks.example.com:-443/",
        "https://hooks.example.com:443:80/", "https://hooks.example.com:4４3/",
        "https://hooks.example.com:99999999999/", "https://hooks.example.com:+443/",
    )),
    # IPv4 in every notation that inet_aton or a browser takes
    ("host_is_address", (
        "https://127.0.0.1/", "https://2130706433/", "https://0x7f000001/", "https://017700000001/",
        "https://0177.0.0.1/", "https://0x7f.0.0.1/", "https://127.1/", "https://127.0.1/", "https://0/",
        "https://127.0.0.1./", "https://0X7F.1/", "https://169.254.169.254/", "https://2852039166/",
        "https://0xa9fea9fe/", "https://0251.0376.0251.0376/", "https://0xa9.0xfe.0xa9.0xfe/",
        "https://169.254.43518/", "https://169.16689662/", "https://8.8.8.8/", "https://134744072/",
        "https://1.2.3.4.5/", "https://hooks.example.1/", "https://0x/", "https://127.0.0.0x1/",
        "https://00000000177.0.0.1/", "https://4294967296/", "https://256.256.256.256/",
        "https://%31%32%37.0.0.1/",
    )),
    ("host_malformed", (
        "https://127.0.0.1.nip.io%00/", "https://127%2e0%2e0%2e1/",
    )),
    # IPv6, zones
    ("host_is_address", (
        "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:a9fe:a9fe::]/", "https://[fd00:ec2::254]/", "https://[2001:4860:4860::8888]/",
        "https://[0:0:0:0:0:0:0:1]:443/", "https://[v1.fe80::a+en1]/",
    )),
    ("zone_id", (
        "https://[fe80::1%eth0]/", "https://[fe80::1%25eth0]/", "https://[::1%1]/",
    )),
    ("host_malformed", (
        "https://[::1/", "https://[::1]x/",
    )),
    ("host_missing", (
        "https://::1/",
    )),
    ("host_private", (
        "https://fe80::1/",
    )),
    # other scripts, look-alike full stops and digits
    ("host_not_ascii", (
        "https://127。0。0。1/", "https://127．0．0．1/", "https://127｡0｡0｡1/", "https://hooks。example。com/",
        "https://①②⑦.0.0.1/", "https://１２７.0.0.1/", "https://ｌｏｃａｌｈｏｓｔ/", "https://ⓛocalhost/",
        "https://қамқор.қаз/", "https://exаmple.com/", "https://example.com\u200b/",
        "https://example\u00ad.com/", "https://127.0.0.1\u2024example.com/", "https://١٢٧.0.0.1/",
        "https://example.com／.evil.example/",
    )),
    # names that are none, and names of the inside
    ("host_private", (
        "https://localhost/", "https://LOCALHOST/", "https://api.localhost/",
        "https://metadata.google.internal/", "https://printer.local/", "https://router.home.arpa/",
        "https://metadata/",
    )),
    ("host_malformed", (
        "https://localhost./", "https://hooks.example.com./", "https://.example.com/",
        "https://hooks..example.com/", "https://-a.example.com/", "https://a-.example.com/",
        "https://a_b.example.com/", "https://*.example.com/", "https://a!b.example.com/", "https://./",
        "https://a,b.example.com/", "https://<x>.example.com/",
    )),
    ("host_is_address", (
        "https://hooks.example.com;127.0.0.1/",
    )),
    ("host_too_long", (
        "https://" + "a" * 64 + ".example.com/", "https://" + "a." * 127 + "example.com/",
    )),
    ("url_too_long", (
        "https://hooks.example.com/" + "a" * 2048, "https://hooks.example.com/?" + "{" * 1000,
    )),
    # path and query
    ("path_characters", (
        "https://hooks.example.com/жалоба", "https://hooks.example.com/%zz", "https://hooks.example.com/%",
        'https://hooks.example.com/"', "https://hooks.example.com/{x}",
        "https://hooks.example.com/?q=жалоба", "https://hooks.example.com/?q=%zz", "https://hooks.example.com/<x>",
    )),
) for url in urls]
# fmt: on


@pytest.fixture
def recorder(monkeypatch):
    """Every connection that anything tries to open, which is then refused."""
    connections = []

    def record(self, address):
        connections.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", record)
    monkeypatch.setattr(socket.socket, "connect_ex", record)
    return connections


def answering(*addresses):
    """A resolver that gives these answers, in the form of getaddrinfo."""

    def resolver(host, port, **_):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            if "." in address and ":" not in address
            else (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
            for address in addresses
        ]

    return resolver


def send(url, *, resolver, policy=OPEN_INTERNET):
    return attempt(
        url, body=b"{}", headers={"webhook-id": "msg_1"}, policy=policy, total_timeout=2.0, resolver=resolver
    )


def test_the_tables_are_at_least_two_hundred_cases():
    assert len(set(NOT_PUBLIC)) >= 200
    assert len({url for url, _ in REFUSED_URLS}) == len(REFUSED_URLS) >= 100


@pytest.mark.parametrize("address", sorted(set(NOT_PUBLIC)))
def test_a_name_with_an_address_that_is_not_public_gets_no_connection(address, recorder):
    assert not is_public(ip_address(address))
    outcome = send("https://hooks.example.com/", resolver=answering(address))
    assert (outcome.outcome, outcome.error) == ("refused", "address_not_public")
    assert recorder == []


@pytest.mark.parametrize(("url", "reason"), REFUSED_URLS)
def test_a_url_that_is_not_wholly_understood_gets_no_look_up_and_no_connection(url, reason, recorder):
    asked = []

    def resolver(*question, **_):
        asked.append(question)
        return answering("8.8.8.8")(*question)

    outcome = send(url, resolver=resolver)
    assert (outcome.outcome, outcome.error) == ("refused", reason)
    assert asked == []
    assert recorder == []


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_connected_to(address, recorder):
    assert is_public(ip_address(address))
    outcome = send("https://hooks.example.com/", resolver=answering(address))
    assert (outcome.outcome, outcome.error) == ("failed", "connection_refused")
    assert [ip_address(host) for host, _ in recorder] == [ip_address(address)]
    assert {port for _, port in recorder} == {443}


@pytest.mark.parametrize(
    "addresses",
    [
        ("8.8.8.8", "10.0.0.1"),
        ("10.0.0.1", "8.8.8.8"),
        ("8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::1"),
        ("2606:4700:4700::1111", "::ffff:8.8.8.8"),
        ("8.8.8.8",) * 20 + ("169.254.169.254",),
    ],
)
def test_one_address_that_is_not_public_refuses_them_all(addresses, recorder):
    assert send("https://hooks.example.com/", resolver=answering(*addresses)).error == "address_not_public"
    assert recorder == []


def test_a_name_that_changes_its_answer_is_asked_once_and_connected_to_as_checked(recorder):
    asked = []

    def rebinding(host, port, **_):
        asked.append(host)
        return answering("8.8.8.8" if len(asked) == 1 else "169.254.169.254")(host, port)

    outcome = send("https://hooks.example.com/", resolver=rebinding)
    assert outcome.address == "8.8.8.8"
    assert asked == ["hooks.example.com"]
    assert recorder == [("8.8.8.8", 443)]


@pytest.mark.parametrize(
    "address", [("fe80::1", 443, 0, 2), ("2606:4700::1", 443, 0, 3), ("fe80::1%eth0", 443, 0, 0)]
)
def test_an_answer_with_a_zone_is_refused(address, recorder):
    outcome = send(
        "https://hooks.example.com/", resolver=lambda *_, **__: [(socket.AF_INET6, 1, 6, "", address)]
    )
    assert (outcome.outcome, outcome.error) == ("refused", "zone_id")
    assert recorder == []


def test_a_zone_is_never_public():
    assert not is_public(IPv6Address("2606:4700:4700::1111%eth0"))


# No table of our own on this side: everything that the standard library calls not global, and no more than
# the known anycast and transition blocks beside it.
@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_no_ipv4_address_is_public_that_the_standard_library_calls_private(address):
    if is_public(address):
        assert address.is_global
        assert not any((address.is_multicast, address.is_reserved))


@given(
    st.integers(0, 2**128 - 1).map(IPv6Address)
    | st.integers(0, 2**125 - 1).map(lambda n: IPv6Address(n | 1 << 125))
)
def test_no_ipv6_address_is_public_that_the_standard_library_calls_private(address):
    if is_public(address):
        assert address.is_global
        assert not any((address.is_multicast, address.is_reserved, address.is_site_local))
        assert address.ipv4_mapped is address.sixtofour is address.teredo is None


@given(st.integers(0, 2**32 - 1).map(lambda n: str(IPv4Address(n))))
def test_no_address_is_public_that_carries_another(address):
    for form, embedded in embeddings(address).items():
        assert not is_public(IPv6Address(embedded)), form


@given(st.integers(0, 2**32 - 1), st.randoms())
def test_no_notation_of_an_ipv4_address_passes_for_a_name(number, chance):
    """Every spelling that inet_aton takes, of one to four parts, each decimal, octal or hexadecimal."""
    host = spelling(number, chance)
    assert socket.inet_aton(host) == number.to_bytes(4, "big")
    with pytest.raises(AddressRefused) as refusal:
        check_url(f"https://{host}/", policy=OPEN_INTERNET)
    assert refusal.value.reason == "host_is_address"


def spelling(number: int, chance: random.Random) -> str:
    parts = chance.randint(1, 4)
    raw = number.to_bytes(4, "big")
    values = [*raw[: parts - 1], int.from_bytes(raw[parts - 1 :], "big")]
    return ".".join(
        chance.choice(["{}", "0{:o}", "0x{:x}", "0X{:X}", "00{:o}"]).format(value) for value in values
    )


def test_the_tables_hold_what_the_registries_are_known_for():
    """Counts of the registries of 2026-07-18, with multicast and what we add by ourselves."""
    ours_v6 = {"::/96", "::ffff:0:0:0/96", "fec0::/10", "ff00::/8"}
    assert len(IPV4_NOT_PUBLIC) == 26 + 1
    assert len([block for block, _, _ in IPV6_NOT_PUBLIC if block not in ours_v6]) == 25
    assert all(rfc.startswith("RFC ") for _, _, rfc in (*IPV4_NOT_PUBLIC, *IPV6_NOT_PUBLIC))
    assert IPv4Network("169.254.0.0/16") in map(ip_network, (block for block, _, _ in IPV4_NOT_PUBLIC))


@pytest.mark.parametrize(
    ("url", "normal", "authority"),
    [
        ("https://hooks.example.com", "https://hooks.example.com/", "hooks.example.com"),
        ("HTTPS://Hooks.Example.COM:443/A?b=/?c", "https://hooks.example.com/A?b=/?c", "hooks.example.com"),
        ("https://xn--80aaxitdbjk.xn--80ao21a/a%20b", "https://xn--80aaxitdbjk.xn--80ao21a/a%20b", None),
        ("https://hooks.example.com?q=1", "https://hooks.example.com/?q=1", None),
        ("https://1and1.example.com/", "https://1and1.example.com/", None),
        ("https://127.0.0.1.nip.io/", "https://127.0.0.1.nip.io/", None),
    ],
)
def test_a_good_url_comes_back_in_its_normal_form(url, normal, authority):
    target = check_url(url, policy=OPEN_INTERNET)
    assert target.url == normal
    assert authority is None or target.authority == authority
    assert check_url(target.url, policy=OPEN_INTERNET) == target


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://127.0.0.1:8080/", "127.0.0.1", 8080),
        ("http://[::1]:8080/", "::1", 8080),
        ("http://localhost/", "localhost", 80),
        ("https://receiver:9443/", "receiver", 9443),
    ],
)
def test_the_local_stage_may_reach_its_own_machine(url, host, port):
    target = check_url(url, policy=LOCAL_STAGE)
    assert (target.host, target.port) == (host, port)
    assert check_url(target.url, policy=LOCAL_STAGE) == target


@pytest.mark.parametrize(
    "url", ["http://0x7f.1/", "http://127.1/", "http://[fe80::1%25lo]/", "http://[::g]/"]
)
def test_the_local_stage_takes_no_odd_notation_either(url):
    with pytest.raises(AddressRefused):
        check_url(url, policy=LOCAL_STAGE)


def test_the_port_list_of_the_policy_holds():
    policy = AddressPolicy(ports=(443, 8443))
    assert check_url("https://hooks.example.com:8443/", policy=policy).port == 8443
    with pytest.raises(AddressRefused) as refusal:
        check_url("https://hooks.example.com:8444/", policy=policy)
    assert (refusal.value.reason, refusal.value.field) == ("port", "port")


def test_addresses_come_once_each_in_the_resolvers_order():
    target = check_url("https://hooks.example.com/", policy=OPEN_INTERNET)
    addresses = resolve(
        target,
        policy=OPEN_INTERNET,
        deadline=time.monotonic() + 30,
        resolver=answering("2606:4700:4700::1111", "8.8.8.8", "8.8.8.8", "1.1.1.1"),
    )
    assert list(map(str, addresses)) == ["2606:4700:4700::1111", "8.8.8.8", "1.1.1.1"]


@pytest.mark.parametrize(
    "error", [socket.gaierror(socket.EAI_NONAME, "unknown"), UnicodeError("label too long")]
)
def test_a_name_without_an_address_is_told_from_a_refusal(error, recorder):
    def failing(*_, **__):
        raise error

    target = check_url("https://hooks.example.com/", policy=OPEN_INTERNET)
    with pytest.raises(NameNotResolved):
        resolve(target, policy=OPEN_INTERNET, deadline=time.monotonic() + 30, resolver=failing)
    outcome = send(target.url, resolver=failing)
    assert (outcome.outcome, outcome.error, recorder) == ("failed", "name_not_resolved", [])
    assert send(target.url, resolver=answering()).error == "name_not_resolved"


def test_a_resolver_that_hangs_is_left_behind_in_time(recorder):
    release = threading.Event()
    target = check_url("https://hooks.example.com/", policy=OPEN_INTERNET)
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        resolve(
            target,
            policy=OPEN_INTERNET,
            deadline=started + 0.2,
            resolver=lambda *_, **__: release.wait(30) and [],
        )
    release.set()
    assert 0.15 <= time.monotonic() - started < 10
    assert recorder == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("?filter[state]=open", "?filter%5Bstate%5D=open"),
        ("?a=1|2", "?a=1%7C2"),
        ("?q={x}", "?q=%7Bx%7D"),
        ('?q="a"&b=<c>&d=^&e=`', "?q=%22a%22&b=%3Cc%3E&d=%5E&e=%60"),
        ("?q=%7Bx%7D", "?q=%7Bx%7D"),
        ("?a=1&b=2+3/4?5:6@7", "?a=1&b=2+3/4?5:6@7"),
    ],
)
def test_what_queries_in_use_have_is_encoded(given: str, kept: str) -> None:
    target = check_url(f"https://hooks.example.com/in{given}", policy=AddressPolicy())
    assert target.url == f"https://hooks.example.com/in{kept}"
    assert check_url(target.url, policy=AddressPolicy()) == target


@given(
    query=st.text(
        st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="%#\\"), max_size=60
    )
)
def test_every_character_that_can_be_typed_is_taken_in_a_query(query: str) -> None:
    target = check_url(f"https://hooks.example.com/?{query}", policy=AddressPolicy())
    assert unquote(target.path) == f"/?{query}"
    assert check_url(target.url, policy=AddressPolicy()) == target
