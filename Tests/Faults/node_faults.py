"""F-8, F-35: two nodes on one PostgreSQL, of which one is cut off, and which are stopped in turn."""
import os
import subprocess
import time
from contextlib import contextmanager

import pytest

import checks
from load import Load
from postgres import clusters
from rig import SLACK, Installation, eventually

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


@pytest.mark.skipif(os.geteuid() != 0, reason="makes network name spaces as root")
def test_a_node_that_is_cut_off_answers_no_lie_and_the_other_goes_on():
    with island() as (name, here, there), clusters(listen=here) as ((cluster,), folder):
        house = Installation(folder / "data", cluster.url)
        inside = ["ip", "netns", "exec", name]
        with house.server(host=there, before=inside) as far, Load([far], threads=3, prefix="far", rate=60) as cut_off:
            assert eventually(lambda: cut_off.count > 30), cut_off.statuses
            with house.server() as near, Load([near], threads=3, prefix="near", rate=60) as going_on:
                assert eventually(lambda: going_on.count > 30)
                drop(name, f"tcp dport {cluster.port}")
                time.sleep(1)
                before, there_before = going_on.count, cut_off.count
                time.sleep(CUT_OFF)
                assert eventually(lambda: cut_off.statuses.get(503, 0) >= 3, 30 * SLACK), cut_off.statuses
                assert cut_off.count == there_before, "a node without its database acknowledged"
                assert set(cut_off.statuses) <= {201, 503}, cut_off.statuses
                assert going_on.count > before + 50
                books = checks.Books(house)
                assert eventually(lambda: books.number("SELECT COUNT(*) FROM unsealed_events") < 50, 60), "nobody took over"
                drop(name, f"tcp dport {cluster.port} numgen random mod 100 < 20")
                time.sleep(4)
                drop(name)
                assert eventually(lambda: cut_off.count > there_before + 30, 60), cut_off.statuses
                going_on.end()
                cut_off.end()
                slowest = cut_off.slowest
                assert slowest <= 12 * SLACK, slowest
                going_on.acknowledged.update(cut_off.acknowledged)
                assert not checks.all_wrong(house, going_on)
        print(f"figures: cut off for {CUT_OFF:.0f} s, told {cut_off.statuses}, slowest answer {slowest:.1f} s, "
              f"the other told {going_on.statuses}")


def test_nodes_are_stopped_in_turn_and_no_submit_fails():
    with clusters() as ((cluster,), folder):
        house = Installation(folder / "data", cluster.url)
        with house.server() as first, house.server() as second, Load([first, second], prefix="r") as load:
            slowest_stop = 0
            for _ in range(TURNS):
                for server in (first, second):
                    time.sleep(0.5)
                    slowest_stop = max(slowest_stop, server.stop())
                    server.start()
            load.end()
            assert set(load.statuses) <= {0, 201}, (load.statuses, load.refusal)
            assert slowest_stop <= 30 * SLACK, slowest_stop
            assert not checks.all_wrong(house, load)
        print(f"figures: rolling restarts {2 * TURNS}, acknowledged {load.count}, told {load.statuses}, "
              f"slowest answer {load.slowest:.1f} s, slowest stop {slowest_stop:.1f} s")


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
