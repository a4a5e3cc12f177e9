"""Customers who answer without end, and what they were told."""
import http.client
import json
import random
import threading
import time
from urllib.parse import urlsplit

from rig import eventually

SCORES = [0, 3, 6, 7, 8, 9, 9, 10, 10, 10]


class Load:
    """Each thread submits one answer after another under a key of its own, and asks again with that key until it hears
    2xx, as an honest client does. `rushed` counts an answer as acknowledged once it is sent: the negative control.
    """

    def __init__(self, servers, threads=8, keyed=True, rushed=False, prefix="a", patience=15, rate=None):
        first = servers[0].installation
        self.places = [urlsplit(server.address) for server in servers]
        self.path = f"/api/v1/surveys/{first.survey}/responses"
        self.headers = {"Authorization": f"Bearer {first.token}", "Content-Type": "application/json"}
        self.keyed, self.rushed, self.prefix, self.patience = keyed, rushed, prefix, patience
        self.pause = threads / rate if rate else 0
        self.lock = threading.Lock()
        self.acknowledged = {}  # Key to the receipt that came first.
        self.asked = {}  # Key to how many connections were made for it.
        self.statuses = {}
        self.refusal = None  # What an answer without success said last.
        self.changed = []  # Keys whose second receipt was another.
        self.slowest = 0.0
        self.took = []  # When each was asked for, and how long that took.
        self.since_last = [time.monotonic(), 0.0]  # When one was acknowledged last, and the longest gap so far.
        self.ending, self.given_up = threading.Event(), False
        self.threads = [threading.Thread(target=self.run, args=(n,), daemon=True) for n in range(threads)]

    def __enter__(self):
        self.since_last[0] = time.monotonic()
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, failed, *_):
        self.given_up |= failed is not None
        self.end(1 if self.given_up else 60)

    def end(self, seconds=60):
        """Every key that was begun is asked for until it is acknowledged."""
        self.ending.set()
        until = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0, until - time.monotonic()))
        assert self.given_up or not any(thread.is_alive() for thread in self.threads), "a submit was never acknowledged"

    @property
    def count(self):
        return len(self.acknowledged)

    def run(self, number):
        chance = random.Random(f"{self.prefix}{number}")
        connection, turn = None, 0
        while not self.ending.is_set():
            turn += 1
            key = f"{self.prefix}-{number}-{turn}"
            body = json.dumps({
                "score": chance.choice(SCORES), "comment": key, "touchpoint": chance.choice(["shop", "web", "phone"]),
                "customer": {"external_id": f"c{chance.randrange(300)}"}})
            if self.rushed:
                self.note(key, body, None)
            again = 1 + (chance.random() < 0.05)
            while again:
                connection, status, receipt = self.submit(connection, key, body, number)
                if 200 <= status < 300:
                    again -= 1
                    self.note(key, receipt, status)
                elif not self.keyed or self.given_up or (self.rushed and self.ending.is_set()):
                    break
                else:
                    time.sleep(0.02)
            if self.pause:
                time.sleep(self.pause)

    def submit(self, connection, key, body, number):
        """Asks once, each new time at the next place; a lost connection has no status (0), silence is -1."""
        headers = {**self.headers, "Idempotency-Key": key} if self.keyed else self.headers
        begun = time.monotonic()
        status, receipt = 0, b""
        try:
            if connection is None:
                place = self.places[(number + self.asked.get(key, 0)) % len(self.places)]
                self.asked[key] = self.asked.get(key, 0) + 1
                connection = http.client.HTTPConnection(place.hostname, place.port, timeout=self.patience)
            connection.request("POST", self.path, body, headers)
            answer = connection.getresponse()
            status, receipt = answer.status, answer.read()
            if answer.will_close:
                connection.close()
                connection = None
        except TimeoutError:
            status = -1
        except (OSError, http.client.HTTPException):
            pass
        if status < 200 and connection is not None:
            connection.close()
            connection = None
        took = time.monotonic() - begun
        with self.lock:
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if status >= 300:
                self.refusal = receipt.decode(errors="replace")
            self.slowest = max(self.slowest, took)
            self.took.append((begun, took))
        return connection, status, receipt

    def note(self, key, receipt, status):
        with self.lock:
            first = self.acknowledged.setdefault(key, receipt)
            if not self.rushed and first != receipt:
                self.changed.append(key)
            if status:
                now = time.monotonic()
                self.since_last = [now, max(self.since_last[1], now - self.since_last[0])]

    def gap(self, act, patience=60):
        """The longest time without an acknowledgement while `act` runs and until the next hundred of them."""
        self.since_last[1] = 0.0
        act()
        before = self.count
        assert eventually(lambda: self.count > before + 100, patience), f"no answers any more: {self.statuses}"
        return self.since_last[1]

    def ids(self):
        """Key to the number of the response that its receipt names."""
        return {key: number_of(json.loads(receipt)["id"]) for key, receipt in list(self.acknowledged.items())}


def number_of(text):
    """The 64-bit number in `rsp_…`, Crockford base32."""
    number = 0
    for letter in text.split("_")[1]:
        number = number << 5 | "0123456789abcdefghjkmnpqrstvwxyz".index(letter)
    return number
