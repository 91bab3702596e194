"""A scripted HTTP server on loopback: answers what a test says, faults included, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

SHA = "0123456789abcdef0123456789abcdef01234567"


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = None
    """Content-Length, where it is not the body's."""
    delay: float = 0.0
    """Seconds before the answer."""
    drip: float = 0.0
    """Seconds between the bytes of the body."""
    drip_headers: bool = False
    """Sends header bytes for ever instead of an answer."""
    close: bool = False
    """Closes the connection instead of an answer."""


@dataclass(frozen=True)
class Seen:
    """One request."""

    path: str
    """With the query, as sent."""
    headers: dict[str, str]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # a connection beyond it waits a second

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""


class FakeHub:
    """Answers by path without query; the last reply of a path repeats, an unknown path is a bare 404."""

    def __init__(self) -> None:
        self.replies: dict[str, list[Reply]] = {}
        self.seen: list[Seen] = []
        self._count: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def on(self, path: str, *replies: Reply) -> None:
        """Sets the answers for a path, as it reads decoded."""
        self.replies[path] = list(replies)

    def model(self, model_id: str, files: dict[str, bytes] | None = None, *, sha: str = SHA, **answer: Any) -> None:
        """A model with its files, served as the Hub does but without the redirect."""
        files = files or {}
        usual = {"id": model_id, "sha": sha, "siblings": [{"rfilename": path, "size": len(content)} for path, content in files.items()]}
        self.on(f"/api/models/{model_id}", Reply(body=json.dumps({**usual, **answer}).encode()))
        for path, content in files.items():
            self.on(f"/{model_id}/resolve/{sha}/{path}", Reply(body=content, headers={"X-Repo-Commit": sha, "ETag": '"abc"'}))

    def paths(self) -> list[str]:
        """Paths asked for, decoded and without query, in order."""
        return [unquote(urlsplit(seen.path).path) for seen in self.seen]

    def take(self, path: str) -> Reply:
        """The reply for this request."""
        replies = self.replies.get(unquote(urlsplit(path).path), [Reply(404)])
        with self._lock:
            number = self._count[path]
            self._count[path] += 1
        return replies[min(number, len(replies) - 1)]

    def close(self) -> None:
        """Stops the server."""
        self._server.shutdown()
        self._server.server_close()


def _handler(hub: FakeHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            hub.seen.append(Seen(self.path, {k.lower(): v for k, v in self.headers.items()}))
            reply = hub.take(self.path)
            time.sleep(reply.delay)
            try:
                self._send(reply)
            except OSError:
                self.close_connection = True

        def _send(self, reply: Reply) -> None:
            if reply.close:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if reply.drip_headers:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                for _ in range(2000):
                    self.wfile.write(b"a")
                    self.wfile.flush()
                    time.sleep(0.02)
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body) if reply.announced is None else reply.announced), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if not reply.drip:
                self.wfile.write(reply.body)
            for at in range(len(reply.body) if reply.drip else 0):
                self.wfile.write(reply.body[at : at + 1])
                self.wfile.flush()
                time.sleep(reply.drip)
            if reply.announced is not None and reply.announced != len(reply.body):
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
