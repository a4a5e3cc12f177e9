"""A server with TLS that takes messages, for one test: `hook_server.py NAME`, the certificate being NAME's.

Says `ready PORT AUTHORITY`, answers every POST with 200, ends with its standard input.
"""
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from relay import certificate


class Taker(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Quiet(ThreadingHTTPServer):
    # Whoever does not believe the certificate hangs up: that is no news.
    def handle_error(self, *_):
        pass


def main(name):
    with tempfile.TemporaryDirectory() as folder:
        context = certificate(Path(folder), name)
        server = Quiet(("127.0.0.1", 0), Taker)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print("ready", server.server_address[1], f"{folder}/ca.pem", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
