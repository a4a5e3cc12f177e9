"""A15: what comes back from a real Postfix, through a real Dovecot, while the product reads its mailbox."""
import email
import email.policy
import os
import re
import sqlite3

import pytest

import mail_system
from rig import Installation, eventually, scratch

needs_mail_system = pytest.mark.skipif(
    os.geteuid() != 0 or not (mail_system.UNPACKED / "complete").exists(),
    reason="mounts as root what scripts/setup.sh test has fetched")

READ = "imap://surveys:{password}@127.0.0.1:{port}/INBOX"


def settings(system, password="pass"):
    return {
        "RAPPORT_SMTP_URL": f"smtp://127.0.0.1:{system.smtp}", "RAPPORT_SMTP_TLS": "none",
        "RAPPORT_MAIL_FROM": f"Kettles <surveys@{mail_system.DOMAIN}>", "RAPPORT_IMAP_TLS": "none",
        "RAPPORT_IMAP_URL": READ.format(password=password, port=system.imap), "RAPPORT_IMAP_SECONDS": "1",
    }


def ask(server, *addresses):
    status, wave = server.call(
        "POST", f"/surveys/{server.installation.survey}/invitations",
        {"channel": "email", "to": [{"email": address} for address in addresses]})
    assert status == 202 and wave["planned"] == len(addresses), wave


def customer(server, address):
    return server.call("POST", "/customers", {"email": address})[1]["id"]


def story(server, address):
    found = server.call("GET", f"/customers/{customer(server, address)}/timeline")[1]["data"]
    return [event["event"] for event in found]


def happens(server, address, event):
    assert eventually(lambda: event in story(server, address), 60, 0.5), (story(server, address), server.words())


def letter(system, name):
    assert eventually(lambda: system.inbox(name), 60, 0.5), system.words()
    return email.message_from_bytes(system.inbox(name)[0], policy=email.policy.default)


@needs_mail_system
def test_a_bounce_and_a_reply_come_in_and_have_their_effect():
    with mail_system.running() as system, scratch() as folder:
        house = Installation(folder / "data", environment=settings(system))
        with house.server() as server:
            ask(server, "lucja@elsewhere.example", f"anna@{mail_system.DOMAIN}")
            happens(server, "lucja@elsewhere.example", "invitation.bounced")
            asked = letter(system, "anna")
            assert re.fullmatch(rf"surveys\+[0-9a-f]{{32}}@{mail_system.DOMAIN}", asked["Reply-To"])
            assert asked["Return-Path"].strip("<>") == asked["Reply-To"]
            answer = email.message.EmailMessage()
            answer["From"], answer["To"] = f"anna@{mail_system.DOMAIN}", asked["Reply-To"]
            answer["Subject"], answer["Message-ID"] = "Re: " + asked["Subject"], "<1@mail.example>"
            answer["In-Reply-To"] = asked["Message-ID"]
            answer.set_content("Pokrywka jest zepsuta.\n\nW dniu 21.11.2026 o 10:12, Kettles pisze:\n> Jak oceniasz?\n")
            system.send(f"anna@{mail_system.DOMAIN}", asked["Reply-To"], answer.as_bytes())
            happens(server, f"anna@{mail_system.DOMAIN}", "reply.received")
            happens(server, f"anna@{mail_system.DOMAIN}", "case.opened")
            # Nobody writes to the address that took no mail again.
            again = server.call(
                "POST", f"/surveys/{house.survey}/invitations",
                {"channel": "email", "to": [{"email": "lucja@elsewhere.example"}]})[1]
            assert again["planned"] == 0 and again["skipped"] == {"suppressed": 1}, again
            assert eventually(lambda: system.flags("surveys").count(rb"\Seen") == 2, 60), system.flags("surveys")
        # A second process that reads all of it again finds nothing to do.
        with house.server() as server:
            events = story(server, f"anna@{mail_system.DOMAIN}")
            assert events.count("reply.received") == 1 and events.count("case.opened") == 1


@needs_mail_system
def test_a_mailbox_with_another_password_stops_nothing():
    """The control: without the mailbox the bounce stays unknown."""
    with mail_system.running() as system, scratch() as folder:
        house = Installation(folder / "data", environment=settings(system, password="mistaken"))
        with house.server() as server:
            ask(server, "lucja@elsewhere.example")
            assert eventually(lambda: system.inbox("surveys"), 60, 0.5), system.words()
            assert eventually(lambda: "cannot read the mailbox" in server.words(), 60), server.words()
            assert "mistaken" not in server.words()
            assert "invitation.bounced" not in story(server, "lucja@elsewhere.example")
            done = house.attempt("inbound", "--json", text=system.inbox("surveys")[0].decode())
            assert done.returncode == 0 and '"kind":"bounce"' in done.stdout, (done.stdout, done.stderr)
            happens(server, "lucja@elsewhere.example", "invitation.bounced")


def test_a_mail_that_cannot_be_taken_in_now_is_handed_over_again():
    mail = "From: anna@elsewhere.example\nTo: surveys@rapport.invalid\nSubject: x\n\nx\n"
    with scratch() as folder:
        house = Installation(folder / "data")
        with sqlite3.connect(folder / "data/rapport.db", isolation_level=None) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            busy = house.attempt("inbound", text=mail)
            assert busy.returncode == 75 and busy.stderr.startswith("rapport: "), (busy.returncode, busy.stderr)
            holder.execute("ROLLBACK")
        for text in (mail, "", "\0" * 100):
            done = house.attempt("inbound", text=text)
            assert (done.returncode, done.stdout) == (0, "unknown\n"), (text, done)
        assert house.attempt("inbound", "--nothing", text=mail).returncode == 64
        wrong = house.attempt("inbound", text=mail, environment={"RAPPORT_MAIL_FROM": "nobody"})
        assert wrong.returncode == 64, wrong
