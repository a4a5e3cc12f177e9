"""What dkimpy thinks of a signed message: `dkim_check.py KEY SELECTOR DOMAIN < message`, KEY being the private one.

Says `signed yes|no` and the fields that the signature covers. The DNS is a function, so nothing is looked up.
"""
import base64
import re
import subprocess
import sys

import dkim


def main(key, selector, domain):
    message = sys.stdin.buffer.read()
    public = subprocess.run(["openssl", "rsa", "-in", key, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    asked = []

    def look_up(name, timeout=5):
        asked.append(name)
        return record if name == f"{selector}._domainkey.{domain}.".encode() else None

    is_signed = dkim.verify(message, dnsfunc=look_up)
    assert asked, "no signature was looked for"
    covered = re.search(rb"\bh=([^;]+);", message.split(b"\r\n\r\n")[0])
    print("signed", "yes" if is_signed else "no", re.sub(rb"\s", b"", covered[1]).decode().lower())


if __name__ == "__main__":
    main(*sys.argv[1:])
