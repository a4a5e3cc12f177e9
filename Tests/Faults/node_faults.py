"""F-8, F-35: two nodes on one PostgreSQL, of which one is cut off, and which are stopped in turn."""
import os
import subprocess
import time
from contextlib import contextmanager

import pytest

import checks
from load import Load
from postgres import clusters
from rig import Installation, eventually

TURNS = int(os.environ.get("FAULT_TURNS", 2))
CUT_OFF = float(os.environ.get("FAULT_PARTITION", 13))


@contextmanager
def island():
    """A network name space that is reached by one wire: its name, our end of the wire, its end."""
    number = os.getpid() % 200 + 20
    name, wire = f"rapport{number}", f"rf{number}"
    here, there = f"10.94.{number}.1", f"10.94.{number}.2"
    run = lambda *words: subprocess.run(["ip", *words], check=True, capture_output=True)
    try:
        run("netns", "add", name)
        run("link", "add", wire, "type", "veth", "peer", "name", "wire", "netns", name)
        run("addr", "add", f"{here}/24", "dev", wire)
        run("link", "set", wire, "up")
        run("-n", name, "addr", "add", f"{there}/24", "dev", "wire")
        run("-n", name, "link", "set", "wire", "up")
        run("-n", name, "link", "set", "lo", "up")
        yield name, here, there
    finally:
        subprocess.run(["ip", "netns", "del", name], capture_output=True)
        subprocess.run(["ip", "link", "del", wire], capture_output=True)


def drop(name, *rules):
    """Packets that fit a rule get lost in the island's wire, both ways; without rules none."""
    text = "table inet faults {}\ndelete table inet faults\n"
    if rules:
        lines = "\n".join(f"{rule} drop" for rule in rules)
        text += f"""table inet faults {{
            chain out {{ type filter hook output priority 0; {lines}
            }}
        }}"""
    subprocess.run(["ip", "netns", "exec", name, "nft", "-f", "-"], input=text, text=True, check=True)




def test_a_node_that_is_killed_instead_is_noticed():
    """What stopping in an orderly way is for: a killed node leaves requests without an answer."""
    with clusters() as ((cluster,), folder):
        house = Installation(folder / "data", cluster.url)
        with house.server() as first, house.server() as second, Load([first, second], prefix="r") as load:
            for _ in range(3):
                time.sleep(0.4)
                first.kill()
                first.start()
            load.end()
            assert load.statuses.get(0, 0) >= 1, load.statuses
            assert not checks.all_wrong(house, load)
