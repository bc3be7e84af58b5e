"""Live: the page of a fit while it runs, served to this machine only."""

from __future__ import annotations

import json
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from graft.reporting.render import as_html, as_waiting
from graft.reporting.report import run_of
from graft.reporting.shows import shows
from graft.reporting.words import Words

if TYPE_CHECKING:
    from graft.model.model import Model

HOST = "127.0.0.1"
NEWS = "/news"
LINGER = 6.0


class Live:
    """A page on loopback that shows the models so far; `address` is where. Use it as a context.

    `step` is told how far the fit is, `show` each better model, `finish` the finished page. On leaving, it waits some
    seconds for a browser that looks on to fetch the last page.
    """

    def __init__(self, language: str = "en") -> None:
        self.words = Words(language)
        self.page = as_waiting(language, f"{NEWS}?0")
        self.news: dict[str, Any] = {"version": 0, "step": "", "share": None}
        self.seen = -1
        self.server = ThreadingHTTPServer((HOST, 0), _handler(self))
        self.server.daemon_threads = True
        self.address = f"http://{HOST}:{self.server.server_address[1]}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        end = time.monotonic() + LINGER
        while 0 <= self.seen < self.news["version"] and time.monotonic() < end:
            time.sleep(0.05)
        self.server.shutdown()
        self.server.server_close()

    def step(self, label: str, done: int, total: int) -> None:
        """Say how far the fit is."""
        said = self.words("live.step", label=label, done=done, total=total)
        self.news = self.news | {"step": said, "share": done / total}

    def show(self, model: Model) -> None:
        """Show a model that is not the last; one without evidence changes nothing."""
        if model.evidence is None:
            return
        run, asked = run_of(model), f"{NEWS}?{self.news['version'] + 1}"
        self._turn(as_html(run, shows(run), self.words.language, live=asked))

    def finish(self, page: str) -> None:
        """Show the finished page, which asks for no more news."""
        self.news = self.news | {"step": self.words("live.done"), "share": 1.0}
        self._turn(page)

    def _turn(self, page: str) -> None:
        self.page = page
        self.news = self.news | {"version": self.news["version"] + 1}


def _handler(live: Live) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers with the page and the news, and only to a browser that asked for this machine by name."""

        def do_GET(self) -> None:
            """Answer one question."""
            host = self.headers.get("Host", "").rsplit(":", 1)[0]
            if host not in (HOST, "localhost"):
                self.send_error(HTTPStatus.FORBIDDEN)
            elif self.path.split("?")[0] == NEWS:
                self._send(json.dumps(live.news), "application/json")
            elif self.path == "/":
                version, page = live.news["version"], live.page
                self._send(page, "text/html")
                live.seen = version
            else:
                self.send_error(HTTPStatus.NOT_FOUND)

        def _send(self, text: str, kind: str) -> None:
            body = text.encode("utf-8", "replace")
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
