"""The browser that the other tests here use is one that keeps a page's rules."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, expect

PAGE = """<!doctype html><meta charset="utf-8"><title>.</title><p>ӘҒҚҢӨҰҮҺІ</p>
<script>document.title = "inline"</script><script src="/ours.js"></script>"""


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_script = self.path == "/ours.js"
        body = "document.title += ' ours'" if is_script else PAGE
        self.send_response(200)
        self.send_header("content-type", "text/javascript" if is_script else "text/html")
        if self.path == "/strict":
            self.send_header("content-security-policy", "script-src 'self'")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def sites() -> Iterator[list[str]]:
    """Two, which are of two origins."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Site) for _ in range(2)]
    for server in servers:
        Thread(target=server.serve_forever, daemon=True).start()
    yield [f"http://127.0.0.1:{server.server_port}" for server in servers]
    for server in servers:
        server.shutdown()
        server.server_close()


def test_it_runs_what_a_page_says_and_keeps_its_policy(browser: Browser, sites: list[str]) -> None:
    with browser.new_page() as page:
        page.goto(f"{sites[0]}/loose")
        expect(page.get_by_text("ӘҒҚҢӨҰҮҺІ")).to_be_visible()
        assert page.title() == "inline ours"
        page.goto(f"{sites[0]}/strict")
        assert page.title() == ". ours"


def test_it_keeps_origins_apart(browser: Browser, sites: list[str]) -> None:
    reads = "address => fetch(address).then(() => 'read', () => 'refused')"
    with browser.new_page() as page:
        page.goto(f"{sites[0]}/loose")
        assert page.evaluate(reads, f"{sites[0]}/loose") == "read"
        assert page.evaluate(reads, f"{sites[1]}/loose") == "refused"
