"""A relay with TLS and a password (aiosmtpd), for one test: `relay.py starttls|tls NAME [RCPT|dot]`, the certificate being NAME's,
and the connection cut off at that place.

Says `ready PORT AUTHORITY`, then `message SENDER RECIPIENT BASE64` for each that it takes; ends with its standard input.
"""
import base64
import logging
import socket
import ssl
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


def certificate(folder, name):
    """One that is its own authority."""
    place = "IP:127.0.0.1" if name == "127.0.0.1" else f"DNS:{name}"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", f"subjectAltName={place}", "-keyout", folder / "key.pem", "-out", folder / "ca.pem"],
        check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context


class Tray:
    def __init__(self, cut):
        self.cut = cut

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.cut == "RCPT":
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 Ok"

    async def handle_DATA(self, server, session, envelope):
        if self.cut == "dot":
            server.transport.abort()
        message = base64.b64encode(envelope.original_content).decode()
        print("message", envelope.mail_from, envelope.rcpt_tos[0], message, flush=True)
        return "250 2.0.0 Ok: queued as PEER"


def sign_in(server, session, envelope, mechanism, data):
    is_right = mechanism in ("PLAIN", "LOGIN") and (data.login, data.password) == (b"me@x", b"p:w/\xc5\x82")
    return AuthResult(success=is_right, handled=is_right)


def main(mode, name, cut=""):
    with tempfile.TemporaryDirectory() as folder:
        context = certificate(Path(folder), name)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        security = {"tls_context": context, "require_starttls": True, "auth_require_tls": True} if mode == "starttls" else {"ssl_context": context, "auth_require_tls": False}
        controller = Controller(
            Tray(cut), hostname="127.0.0.1", port=port, authenticator=sign_in, auth_required=True,
            **security)
        controller.start()
        print("ready", port, f"{folder}/ca.pem", flush=True)
        sys.stdin.read()
        controller.stop()


# Of aiosmtpd about itself, and of AUTH under TLS from the first byte, which it does not see.
warnings.simplefilter("ignore")
logging.disable()

if __name__ == "__main__":
    main(*sys.argv[1:])
