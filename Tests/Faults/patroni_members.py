"""Three PostgreSQL servers that Patroni looks after: one leads, one follows synchronously, one follows."""
import json
import os
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from contextlib import contextmanager

from postgres import AS, BIN, Cluster
from rig import ROOT, eventually, free_port, scratch

UNPACKED = ROOT / ".build/patroni"
# Twenty seconds is the least that Patroni takes for the life of a leader's key.
TIMES = {"ttl": 20, "loop_wait": 2, "retry_timeout": 5}


class Member(Cluster):
    """One node: a server, and the Patroni that starts, promotes, demotes and rewinds it."""

    def __init__(self, folder, name, port, door):
        super().__init__(folder, name)
        self.port, self.door, self.process = port, door, None
        self.said = folder / f"{name}.said"

    def describe(self, agreement, strict):
        """Writes what its Patroni reads; JSON is YAML."""
        access = ["local all all trust", "host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"]
        described = {
            "scope": "rapport", "name": self.name, "etcd3": {"hosts": agreement},
            "restapi": {"listen": f"127.0.0.1:{self.door}", "connect_address": f"127.0.0.1:{self.door}"},
            "bootstrap": {
                "dcs": {
                    **TIMES, "synchronous_mode": strict, "synchronous_mode_strict": strict,
                    "postgresql": {"use_pg_rewind": True, "parameters": {"wal_log_hints": "on", "max_connections": 60}},
                },
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, {"lc-collate": "C"}, "no-sync"],
            },
            "postgresql": {
                "listen": self.address, "connect_address": self.address, "data_dir": str(self.folder),
                "bin_dir": str(BIN), "pgpass": str(self.folder.with_suffix(".pass")), "pg_hba": access,
                "authentication": {name: {"username": "postgres", "password": "any"}
                                   for name in ("superuser", "replication", "rewind")},
                "parameters": {"unix_socket_directories": str(self.folder.parent)},
            },
        }
        self.folder.with_suffix(".yml").write_text(json.dumps(described))

    def start(self):
        packages = self.folder.parent / "patroni/usr/lib/python3/dist-packages"
        with open(self.said, "a") as said:
            self.process = subprocess.Popen(
                ["/usr/bin/python3", "-m", "patroni", self.folder.with_suffix(".yml")], cwd="/", stdout=said, stderr=said,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": "1"},
                start_new_session=True, **AS)

    def kill(self):
        """The whole node at once: first who would start it anew, then the server and all that it began."""
        self.end_patroni()
        try:
            super().kill(all_of_it=True)
        except FileNotFoundError:
            pass  # No server ran.

    def end_patroni(self):
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()

    def stop(self, how="fast"):
        self.end_patroni()
        super().stop(how)

    def asked(self, path, body=None):
        """What its Patroni says and with which status; 0 for a dead one."""
        wanted = urllib.request.Request(
            f"http://127.0.0.1:{self.door}/{path}", data=json.dumps(body).encode() if body else None,
            headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(wanted, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def plays(self, role):
        return self.asked(role)[0] == 200


class Members:
    def __init__(self, members):
        self.members = members

    def playing(self, role, patience=240):
        """Who plays `primary`, `sync` or `replica`, as soon as one does."""
        look = lambda: next((one for one in self.members if one.plays(role)), None)
        found = eventually(look, patience, 0.2)
        assert found, "\n".join(one.said.read_text()[-1500:] for one in self.members)
        return found

    def are_whole(self, patience=240, strict=True):
        """All three run, and where it must be one of those that follow does so synchronously."""
        def look():
            try:
                leader = next(one for one in self.members if one.plays("primary"))
                follow = leader.ask(
                    "SELECT COUNT(*), COUNT(*) FILTER (WHERE sync_state = 'sync') FROM pg_stat_replication "
                    "WHERE state = 'streaming' AND application_name LIKE 'node%'", database="postgres")
                return follow == ("2|1" if strict else "2|0") and (
                    not strict or any(one.plays("sync") for one in self.members))
            except (StopIteration, AssertionError):
                return False
        assert eventually(look, patience, 0.5), "\n".join(one.said.read_text()[-1500:] for one in self.members)

    def switch(self):
        """A switchover as an operator asks for it."""
        leader, heir = self.playing("primary"), self.playing("sync")
        status, said = leader.asked("switchover", {"leader": leader.name, "candidate": heir.name})
        assert status == 200, said


@contextmanager
def agreement(folder, clients, peers):
    """What Patroni keeps its leader's key in: where it listens."""
    with open(folder / "etcd.log", "w") as log:
        process = subprocess.Popen(
            [folder / "patroni/usr/bin/etcd", "--name", "one", "--data-dir", folder / "etcd",
             "--listen-client-urls", f"http://127.0.0.1:{clients}", "--advertise-client-urls", f"http://127.0.0.1:{clients}",
             "--listen-peer-urls", f"http://127.0.0.1:{peers}", "--initial-advertise-peer-urls", f"http://127.0.0.1:{peers}",
             "--initial-cluster", f"one=http://127.0.0.1:{peers}"], cwd="/", stdout=log, stderr=log, **AS)
    try:
        yield f"127.0.0.1:{clients}"
    finally:
        process.kill()
        process.wait()


def different_ports(count):
    found = set()
    while len(found) < count:
        found.add(free_port())
    return list(found)


@contextmanager
def members(strict=True):
    """Three of them, whole, with an empty database, and the folder that they share."""
    with scratch() as folder:
        # Whoever runs the servers may not see where we are.
        shutil.copytree(UNPACKED, folder / "patroni", ignore=shutil.ignore_patterns("doc", "man"))
        if AS:
            shutil.chown(folder, "postgres")
        clients, peers, *ports = different_ports(8)
        with agreement(folder, clients, peers) as where:
            made = [Member(folder, f"node{n}", ports[n], ports[n + 3]) for n in range(3)]
            try:
                for one in made:
                    one.describe(where, strict)
                    one.start()
                all_of_them = Members(made)
                leader = all_of_them.playing("primary")
                leader.ask("CREATE ROLE rapport LOGIN", database="postgres")
                leader.ask("CREATE DATABASE rapport OWNER rapport TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'",
                           database="postgres")
                all_of_them.are_whole(strict=strict)
                yield all_of_them, folder
            finally:
                for one in made:
                    one.kill()
