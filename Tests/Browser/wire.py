"""Bytes on a socket, as no library would send them: what `edge_checks.py` attacks with."""
import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlparse


def connect(address, source="127.0.0.1", receive_buffer=None):
    place = urlparse(address)
    wire = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if receive_buffer:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    wire.bind((source, 0))
    wire.settimeout(20)
    wire.connect((place.hostname, place.port))
    return wire


def read_all(wire, seconds=1.0):
    """Everything that comes until the other side closes or is silent for so long, and whether it closed."""
    wire.settimeout(seconds)
    received = b""
    try:
        while piece := wire.recv(65536):
            received += piece
        return received, True
    except TimeoutError:
        return received, False
    except ConnectionError:
        return received, True


def statuses(received):
    """The status of each answer in the bytes."""
    return [int(code) for code in re.findall(rb"HTTP/1\.[01] (\d{3}) ", received)]


def talk(address, request, seconds=1.0):
    with connect(address) as wire:
        try:
            wire.sendall(request)
        except ConnectionError:
            pass
        received, closed = read_all(wire, seconds)
    return statuses(received), closed


def seconds_until_closed(wire, drip, longest, pause=0.5):
    """Sends `drip()` again and again; how long the other side bore it, or None for longer than `longest`."""
    begun = time.monotonic()
    wire.settimeout(pause)
    while time.monotonic() - begun < longest:
        try:
            if piece := drip():
                wire.sendall(piece)
            if wire.recv(65536) == b"":
                return time.monotonic() - begun
        except TimeoutError:
            continue
        except ConnectionError:
            return time.monotonic() - begun
    return None


class Trusting(BaseHTTPRequestHandler):
    """The negative control: it believes every length, and a hidden request in a body gets its answer."""
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int((self.headers.get("Content-Length") or "0").split(",")[0]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class Control:
    """A server without any guard; every detector must find fault with it."""

    def __enter__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Trusting)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
