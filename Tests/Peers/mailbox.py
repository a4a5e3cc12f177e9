"""A mailbox by IMAP for one test, on the loopback: `mailbox.py 2` holds messages 3 and 5, `mailbox.py 1` knows no such
password, `mailbox.py 0` hangs up. Says `ready PORT`, then `seen N` for each message that is marked; ends with its
standard input. It speaks only as much of RFC 9051 as reading a mailbox needs.
"""
import re
import socketserver
import sys
import threading

MESSAGES = {number: f"Subject: {number}\r\n\r\nnot a line {{3}}\r\n* SEARCH 1\r\n".encode() for number in (3, 5)}


class Mailbox(socketserver.StreamRequestHandler):
    kind = "2"

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        if self.kind == "0":
            return
        self.say("* OK ready")
        while line := self.rfile.readline():
            tag, _, command = line.decode().strip().partition(" ")
            if not self.answer(tag, command):
                return

    def answer(self, tag, command):
        word = command.upper()
        if word.startswith("CAPABILITY"):
            self.say("* CAPABILITY IMAP4rev1")
        elif word.startswith("LOGIN"):
            if self.kind == "1":
                self.say(f"{tag} NO wrong")
                return True
        elif word.startswith("STATUS"):
            self.say('* STATUS "INBOX" (UIDVALIDITY 7 UIDNEXT 6)')
        elif word.startswith("SELECT"):
            self.say("* 2 EXISTS")
            self.say("* OK [UIDVALIDITY 7] ids")
        elif search := re.match(r"UID SEARCH UID (\d+):\*", word):
            found = [number for number in MESSAGES if number >= int(search[1])] or [max(MESSAGES)]
            self.say("* SEARCH " + " ".join(map(str, found)))
        elif fetch := re.match(r"UID FETCH (\d+) ", word):
            message = MESSAGES.get(int(fetch[1]))
            if message:
                self.wfile.write(b"* 1 FETCH (UID %d BODY[] {%d}\r\n" % (int(fetch[1]), len(message)) + message + b")\r\n")
        elif store := re.match(r"UID STORE (\d+) \+FLAGS", word):
            print("seen", store[1], flush=True)
        elif word.startswith("LOGOUT"):
            self.say("* BYE")
            self.say(f"{tag} OK")
            return False
        self.say(f"{tag} OK")
        return True


Mailbox.kind = sys.argv[1]
with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", server.server_address[1], flush=True)
    sys.stdin.read()
    server.shutdown()
