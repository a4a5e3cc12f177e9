"""A real mail system for one test: Postfix and Dovecot, unpacked and not installed, in a mount namespace of their own.

Mail to kettles.example is delivered into a mailbox named like its local part, without what stands behind the plus;
mail to anybody else goes to a host that knows none of its recipients, so Postfix returns it.
"""
import imaplib
import os
import shutil
import signal
import smtplib
import subprocess
from contextlib import contextmanager

from aiosmtpd.controller import Controller

from rig import ROOT, eventually, free_port, scratch

UNPACKED = ROOT / ".build/mail-system"
DOMAIN = "kettles.example"

DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/run
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
log_path = {folder}/dovecot.log
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
mail_location = maildir:{folder}/mail/%n
first_valid_uid = 1
recipient_delimiter = +
auth_username_format = %n
passdb {{
  driver = static
  args = password=pass
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%n allow_all_users=yes
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""

POSTFIX = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/state
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
myhostname = mx.{domain}
mydestination = {domain}
local_recipient_maps =
alias_maps =
mailbox_transport = {mailboxes}
recipient_delimiter = +
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
default_transport = {others}
disable_dns_lookups = yes
smtp_host_lookup = native
"""

START = """
set -e
mount -t overlay -o lowerdir={unpacked}/usr:/usr overlay /usr
mount -t overlay -o lowerdir={folder}/etc:/etc overlay /etc
dovecot -F -c {folder}/dovecot.conf &
exec postfix start-fg
"""


class Stranger:
    """A host whose every recipient is unknown."""

    async def handle_RCPT(self, server, session, envelope, address, options):
        return "550 5.1.1 no such user"


class MailSystem:
    def __init__(self, folder, keeps=True):
        self.folder, self.keeps = folder, keeps
        # One after the other, for each must differ from those that nothing listens on yet.
        ports = set()
        while len(ports) < 4:
            ports.add(free_port())
        self.smtp, self.imap, self.lmtp, self.elsewhere = ports

    def write(self):
        etc, place = self.folder / "etc", {
            "folder": self.folder, "imap": self.imap, "lmtp": self.lmtp, "elsewhere": self.elsewhere, "domain": DOMAIN,
            "unpacked": UNPACKED}
        place["mailboxes"] = f"lmtp:inet:127.0.0.1:{self.lmtp}" if self.keeps else "discard:"
        place["others"] = f"smtp:[127.0.0.1]:{self.elsewhere}" if self.keeps else "discard:"
        for name in ("run", "mail", "spool", "state"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "mail", "nobody", "nogroup")
        os.chown(self.folder / "state", 950, -1)
        shutil.copytree(UNPACKED / "etc/postfix", etc / "postfix")
        shutil.copy(UNPACKED / "usr/share/postfix/dynamicmaps.cf", etc / "postfix")
        for name, lines in [("passwd", "postfix:x:950:950::/:/usr/sbin/nologin\n"),
                            ("group", "postfix:x:950:\npostdrop:x:951:\n")]:
            with open(f"/etc/{name}") as own:
                (etc / name).write_text(own.read() + lines)
        (etc / "postfix/main.cf").write_text(POSTFIX.format(**place))
        services = (UNPACKED / "usr/share/postfix/master.cf.dist").read_text()
        services = services.replace("smtp      inet  n", f"127.0.0.1:{self.smtp} inet n", 1)
        (etc / "postfix/master.cf").write_text(services)
        (self.folder / "dovecot.conf").write_text(DOVECOT.format(**place))
        (self.folder / "start.sh").write_text(START.format(**place))

    def words(self):
        logs = [self.folder / name for name in ("start.log", "dovecot.log", "postfix.log")]
        return "\n".join(log.read_text()[-2000:] for log in logs if log.exists())

    def answers(self):
        try:
            with smtplib.SMTP("127.0.0.1", self.smtp, timeout=5), imaplib.IMAP4("127.0.0.1", self.imap, timeout=5):
                return True
        except (OSError, smtplib.SMTPException, imaplib.IMAP4.error):
            return False

    def inbox(self, name):
        """All messages of one mailbox, as bytes."""
        with imaplib.IMAP4("127.0.0.1", self.imap, timeout=10) as box:
            box.login(name, "pass")
            box.select("INBOX", readonly=True)
            numbers = box.search(None, "ALL")[1][0].split()
            return [box.fetch(number, "(BODY.PEEK[])")[1][0][1] for number in numbers]

    def flags(self, name):
        with imaplib.IMAP4("127.0.0.1", self.imap, timeout=10) as box:
            box.login(name, "pass")
            box.select("INBOX", readonly=True)
            return b" ".join(line for line in box.fetch("1:*", "(FLAGS)")[1] if line)

    def send(self, sender, recipient, message):
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=30) as post:
            post.sendmail(sender, [recipient], message)


@contextmanager
def running(keeps=True):
    """`keeps`: mail is delivered or returned; else it is thrown away once it was taken."""
    with scratch() as folder:
        system = MailSystem(folder, keeps)
        system.write()
        stranger = Controller(Stranger(), hostname="127.0.0.1", port=system.elsewhere)
        stranger.start()
        with open(folder / "start.log", "w") as log:
            process = subprocess.Popen(
                ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc", "bash",
                 folder / "start.sh"],
                stdout=log, stderr=log, start_new_session=True)
        try:
            assert eventually(system.answers, 60, 0.2), system.words()
            yield system
        finally:
            # All of it is in a space of processes of its own, which ends with its first.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            stranger.stop()
