"""PostgreSQL clusters of our own, to be killed, cut off and promoted."""
import atexit
import functools
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from rig import eventually, free_port, scratch

BIN = Path("/usr/lib/postgresql/15/bin")
AS = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@functools.cache
def fresh():
    """An empty server's folder, made once and copied for each cluster."""
    folder = Path(tempfile.mkdtemp(prefix="rapport-faults-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if AS:
        shutil.chown(folder, "postgres")
    run(BIN / "initdb", "-D", folder / "fresh", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--lc-collate=C",
        "-U", "postgres", "--no-sync")
    return folder / "fresh"


def run(*words):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/", timeout=90, **AS)
    assert done.returncode == 0, f"{words}: {done.stdout}"
    return done.stdout


class Cluster:
    """One server. The commits of one with a synchronous standby wait until that has them on disk, too."""

    def __init__(self, folder, name, listen="127.0.0.1"):
        self.folder, self.name, self.listen, self.port = Path(folder) / name, name, listen, free_port()
        self.log = self.folder.with_suffix(".log")

    @classmethod
    def made(cls, folder, name="one", **options):
        if AS:
            shutil.chown(folder, "postgres")
        cluster = cls(folder, name, **options)
        run("cp", "-a", fresh(), cluster.folder)
        cluster.settle("max_connections = 60")
        with open(cluster.folder / "pg_hba.conf", "a") as access:
            access.write("host all all 0.0.0.0/0 trust\nhost replication all 0.0.0.0/0 trust\n")
        cluster.start()
        cluster.ask("CREATE ROLE rapport LOGIN", database="postgres")
        cluster.ask("CREATE DATABASE rapport OWNER rapport TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'",
                    database="postgres")
        return cluster

    def settle(self, *lines):
        with open(self.folder / "postgresql.auto.conf", "a") as file:
            file.write("\n".join(lines) + "\n")

    def standby(self, name, port=None):
        """A copy that follows; synchronous once `require_standby` says so."""
        cluster = Cluster(self.folder.parent, name, listen=self.listen)
        cluster.port = port or cluster.port
        run(BIN / "pg_basebackup", "-h", self.listen, "-p", str(self.port), "-U", "postgres", "-D", cluster.folder,
            "-R", "-c", "fast", "-X", "stream")
        cluster.start()
        return cluster

    def require_standby(self, wanted=True):
        """Waits until the standby follows synchronously."""
        self.ask("ALTER SYSTEM SET synchronous_standby_names = '%s'" % ("*" if wanted else ""), database="postgres")
        self.ask("SELECT pg_reload_conf()", database="postgres")
        follows = lambda: self.ask(
            "SELECT COUNT(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'") == "1"
        assert not wanted or eventually(follows, 30)

    @property
    def address(self):
        return f"{self.listen}:{self.port}"

    @property
    def url(self):
        return url_of(self)

    def start(self):
        options = f"-p {self.port} -k {self.folder.parent} -c listen_addresses={self.listen}"
        begin = lambda: subprocess.run(
            [BIN / "pg_ctl", "-D", self.folder, "-w", "-t", "30", "-l", self.log, "-o", options, "start"],
            cwd="/", **QUIET, **AS).returncode == 0
        # Backends that a killed postmaster left behind keep its memory for a moment.
        assert eventually(begin, 30, pause=0.2), self.log.read_text()[-2000:]

    def stop(self, how="fast"):
        subprocess.run([BIN / "pg_ctl", "-D", self.folder, "-m", how, "-w", "stop"], cwd="/", **QUIET, **AS)

    def promote(self):
        run(BIN / "pg_ctl", "-D", self.folder, "-w", "promote")

    def processes(self):
        postmaster = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
        children = subprocess.run(["pgrep", "-P", str(postmaster)], capture_output=True, text=True).stdout.split()
        return [postmaster, *map(int, children)]

    def kill(self, all_of_it=False):
        """The postmaster alone, whose backends then end by themselves, or the whole node at once."""
        for process in self.processes()[: None if all_of_it else 1]:
            try:
                os.kill(process, 9)
            except ProcessLookupError:
                pass
        time.sleep(0.05)

    def ask(self, query, database="rapport"):
        return run(BIN / "psql", "-X", "-Atq", "-v", "ON_ERROR_STOP=1", *self.place, "-d", database, "-c", query).strip()

    def session(self, *statements):
        """A session that runs these and then holds what it has until it is ended."""
        words = [word for one in (*statements, "SELECT pg_sleep(600)") for word in ("-c", one)]
        return subprocess.Popen(
            [BIN / "psql", "-X", "-q", *self.place, "-d", "rapport", *words], cwd="/", **QUIET, **AS)

    @property
    def place(self):
        return ["-h", self.listen, "-p", str(self.port), "-U", "postgres"]

    def end_sessions(self, where):
        self.ask(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND {where}",
                 database="postgres")


@contextmanager
def clusters(standbys=0, **options):
    """A server with so many synchronous standbys, and the folder that all of them share."""
    made = []
    with scratch() as folder:
        try:
            made.append(Cluster.made(folder, **options))
            for number in range(standbys):
                made.append(made[0].standby(f"standby{number}"))
            if standbys:
                made[0].require_standby()
            yield made, folder
        finally:
            for cluster in made:
                cluster.stop("immediate")


def url_of(*clusters):
    """As libpq takes it: of several hosts the one that takes writes is used."""
    return f"postgres://rapport@{','.join(one.address for one in clusters)}/rapport"
