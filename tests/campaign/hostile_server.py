"""A web server on this machine that does to a client what no server should."""

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator

Answer = Callable[[socket.socket], None]


class HostileServer:
    """Serves one answer, written by hand, to whoever asks; each path the same."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            client.recv(65_536)
            self._answer(client)

    def close(self) -> None:
        self.over.set()
        self._listening.close()


@contextlib.contextmanager
def hostile_server(answer: Answer) -> Iterator[HostileServer]:
    server = HostileServer(answer)
    try:
        yield server
    finally:
        server.close()


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *lines, "Connection: close", "", "")).encode()


def sending(*parts: bytes, again: bytes = b"", pause: float = 0) -> Answer:
    """Sends parts, and then one part again and again until the client has gone."""

    def answer(client: socket.socket) -> None:
        for part in parts:
            client.sendall(part)
        while again:
            client.sendall(again)
            time.sleep(pause)

    return answer


BODY = b"Was it a cat\nI saw?\n" * 20
ANSWERS: dict[str, Answer] = {
    "no answer": sending(),
    "garbage": sending(b"\x00\xff\x1b[31m" * 1000),
    "half a status": sending(b"HTTP/1.1 2"),
    "a long status": sending(b"HTTP/1.1 200 " + b"x" * 200_000),
    "a million headers": sending(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1_000_000),
    "an endless header": sending(b"HTTP/1.1 200 OK\r\nA: ", again=b"x" * 65_536),
    "headers in drips": sending(b"HTTP/1.1 200 OK\r\n", again=b"A", pause=0.05),
    "a body in drips": sending(head("Content-Length: 100000"), again=b"a", pause=0.05),
    "an endless body": sending(head(), again=b"a" * 65_536),
    "an endless body in chunks": sending(
        head("Transfer-Encoding: chunked"), again=b"10000\r\n" + b"a" * 65_536 + b"\r\n"
    ),
    "chunks that are none": sending(head("Transfer-Encoding: chunked"), b"zz\r\n\r\n"),
    "a chunk of any size": sending(head("Transfer-Encoding: chunked"), b"f" * 40 + b"\r\nab"),
    "less than it says": sending(head(f"Content-Length: {len(BODY) + 9}"), BODY),
    "more than anybody wants": sending(head("Content-Length: 99999999999"), BODY),
    "a length beyond numbers": sending(head("Content-Length: " + "9" * 6_000), BODY),
    "a length below zero": sending(head("Content-Length: -1"), BODY),
    "a bomb": sending(head("Content-Encoding: gzip"), gzip.compress(bytes(10_000_000))),
    "itself again and again": sending(head("Location: /again", status="302 Found")),
    "another machine": sending(head("Location: http://192.0.2.1/x", status="302 Found")),
    "a file here": sending(head("Location: file:///etc/passwd", status="301 Moved")),
    "nowhere": sending(head("Location: http://[", status="302 Found")),
    "a page that asks to log in": sending(head("WWW-Authenticate: Basic", status="401 No")),
    "nothing": sending(head("Content-Length: 0")),
}
