"""The load: wrk with a script for each kind of request."""
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = {
    "get": 'wrk.headers["Accept-Encoding"] = "br, gzip"\nwrk.headers["Authorization"] = os.getenv("TOKEN")\n',
    "row": 'wrk.method = "POST"\nwrk.body = "The second line was helpful and quick, thank you kindly."\n',
    # A whole answer under a client's key that grows with time: score, two further answers, a comment, a customer.
    "answer": """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = os.getenv("TOKEN")
local scores = {10, 10, 10, 9, 9, 9, 9, 8, 8, 8, 7, 7, 6, 5, 10, 9, 8, 10, 3, 0}
local places = {"support", "delivery", "store", "returns", "website"}
local ways = {"web", "email", "sms", "app"}
local count, pause = 0, tonumber(os.getenv("PAUSE") or "0")
function init(arguments) math.randomseed(os.time() + tonumber(os.getenv("SEED"))) end
function request()
  count = count + 1
  wrk.headers["Idempotency-Key"] = string.format("%s-%09d", os.getenv("SEED"), count)
  return wrk.format(nil, nil, nil, string.format(
    '{"score":%d,"comment":"The second line was helpful and quick, thank you %d.","touchpoint":"%s",' ..
    '"channel":"%s","answers":{"reason":"service","speed":%d},"customer":{"external_id":"c%d"}}',
    scores[math.random(20)], math.random(100, 999), places[math.random(5)], ways[math.random(4)],
    math.random(5), math.random(20000)))
end
-- Requests come at random moments, so that the rate is half of what the server can do.
if pause > 0 then
  function delay() return math.floor(-math.log(1 - math.random()) * pause) end
end
""",
}


@dataclass
class Load:
    rate: float
    count: int
    failed: int
    p50: float
    p99: float
    cpu_ms: float


class Loader:
    def __init__(self, folder, token=""):
        self.folder, self.seed = folder, int(time.time() * 1000)
        for name, text in SCRIPTS.items():
            Path(f"{folder}/{name}.lua").write_text(text)

    def run(self, kind, server, path, seconds, connections=64, token="", pause=0, settle=None):
        """`settle` is called before the server's CPU is read, so that what follows an answer is in it."""
        self.seed += 1
        before = server.cpu_seconds
        done = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "20s", "--latency",
             "-s", f"{self.folder}/{kind}.lua", server.address + path],
            capture_output=True, text=True, check=True,
            env=os.environ | {"TOKEN": f"Bearer {token}", "PAUSE": str(pause), "SEED": str(self.seed)}).stdout
        if settle:
            settle()
        count = int(re.search(r"(\d+) requests in", done)[1])
        failed = sum(int(n) for n in re.findall(r"Non-2xx or 3xx responses: (\d+)", done))
        failed += sum(int(n) for line in re.findall(r"Socket errors: (.*)", done) for n in re.findall(r"\d+", line))
        return Load(
            float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1]), count, failed,
            milliseconds(done, "50%"), milliseconds(done, "99%"),
            (server.cpu_seconds - before) * 1000 / max(1, count))


def milliseconds(text, percentile):
    value, unit = re.search(rf"{percentile}\s+([\d.]+)(us|ms|s)", text).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
