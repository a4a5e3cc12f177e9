"""The mails that tell of something: what brings each of them about, and where it is found."""
import html
import json
import re
import sqlite3
import time

import product
import scenes

TOLD_NAMES = ["told-case", "told-soon", "told-late", "told-verdict", "told-alert", "told-digest", "told-webhook"]
# What each mail of these is headed by, or says, in the catalogs' own words.
TOLD_MARKS = {
    "told-case": "notice.case-assigned.subject", "told-soon": "notice.case-due-soon.subject",
    "told-late": "notice.case-overdue.subject", "told-verdict": "notice.verdict-asked.subject",
    "told-alert": "alerts.one", "told-digest": "alerts.open.list", "told-webhook": "notice.webhook-disabled.subject",
}
CUSTOMERS = {"en": "Ann Novak", "pl": "Łucja Żółkowska", "zh-Hans": "王小明", "zh-Hant": "陳怡君"}
WORDS = {
    "en": "The technician came two days late, and nobody called.", "pl": "Technik przyszedł dwa dni później i nikt nie zadzwonił.",
    "zh-Hans": "师傅晚了两天才来，也没有人打电话。", "zh-Hant": "師傅晚了兩天才來，也沒有人打電話。",
}


class Mailroom:
    """A company whose members speak all languages, and the mails that it was given."""

    def __init__(self, address):
        self.address, self.company = address, scenes.Company(address)
        self.opener = product.signed_in_opener(address)
        self.member_ids = {tag: 4000 + place for place, tag in enumerate(scenes.ALL_LANGUAGES)}
        self.change(*[statement for tag, number in self.member_ids.items() for statement in (
            ("INSERT INTO members (id, email, name, language, created_at) VALUES (?, ?, ?, ?, 0)",
             (number, f"{tag.lower()}@team.example", f"Team {tag}", tag)),
            ("INSERT INTO memberships (account_id, member_id, role, joined_at) SELECT id, ?, 'owner', 0 FROM accounts", (number,)),
        )])
        page = self.opener.open(f"{address}/settings/alerts").read().decode()
        self.members = {tag: re.search(rf'name="member" value="(\w+)"[^>]*> <span>Team {tag}<', page).group(1)
                        for tag in scenes.ALL_LANGUAGES}

    def change(self, *statements):
        with sqlite3.connect(f"{product.data_of(self.address)}/rapport.db", timeout=30) as database:
            for statement, values in statements:
                database.execute(statement, values)
        database.close()

    def rows(self, question, values=()):
        with sqlite3.connect(f"{product.data_of(self.address)}/rapport.db", timeout=30) as database:
            found = database.execute(question, values).fetchall()
        database.close()
        return found

    def mails(self):
        """`(path, address, subject, text)` of each mail, as the pages of the mailbox list them."""
        rows = self.rows("SELECT address, subject, text_part FROM mailbox_messages ORDER BY id DESC")
        paths, place = [], "/mailbox"
        # A mail that comes meanwhile stands on top of the pages, and not yet among the rows.
        while place:
            page = self.opener.open(self.address + place).read().decode()
            paths += re.findall(r'href="(/mailbox/mai_\w+)"', page)
            following = re.search(r'href="(/mailbox\?after=[^"]+)"', page)
            place = html.unescape(following.group(1)) if following else None
        return [(path, *row) for path, row in zip(paths[len(paths) - len(rows):], rows)]

    def wait(self, name, addresses):
        """The mail of that kind to each address, by language."""
        found, end = {}, time.time() + 90
        while len(found) < len(addresses) and time.time() < end:
            time.sleep(0.3)
            for path, address, subject, words in self.mails():
                tag = next((tag for tag, one in addresses.items() if one == address), None)
                if tag and is_told(name, tag, subject, words):
                    found.setdefault(tag, f"{path}/html")
        assert len(found) == len(addresses), f"{name} was not told: {sorted(found)}"
        return found


def is_told(name, tag, subject, words):
    catalog = json.loads((product.ROOT / f"Sources/Language/Catalogs/{tag}/alerts.json").read_text())
    mark = re.sub(r"\\{\w+\\}", ".*", re.escape(catalog[TOLD_MARKS[name]]))
    return re.search(mark, words) if name == "told-digest" else re.fullmatch(mark, subject)


def told(address):
    """Each of `TOLD_NAMES`: where a signed-in member finds that mail, by its language. What takes hours is brought about
    by hand: the hour is put into the row that waits for it."""
    room = Mailroom(address)
    company, team = room.company, {tag: f"{tag.lower()}@team.example" for tag in scenes.ALL_LANGUAGES}
    survey = company.call("POST", "/surveys", {"name": "After a repair", "metric": "nps"})
    places = {}
    answers = {tag: company.call("POST", f"/surveys/{survey['id']}/responses", {
        "score": 2, "comment": WORDS[tag], "touchpoint": "Repair",
        "customer": {"external_id": f"c-{tag}", "name": CUSTOMERS[tag], "email": f"{tag.lower()}@home.example", "language": tag}})
        for tag in scenes.ALL_LANGUAGES}
    cases, end = {}, time.time() + 60
    while len(cases) < len(answers) and time.time() < end:
        time.sleep(0.2)
        listed = company.call("GET", "/cases?stage=open&limit=200")["data"]
        cases = {tag: case["id"] for tag, answer in answers.items() for case in listed if case["response"] == answer["id"]}
    for tag, case in cases.items():
        company.call("PUT", f"/cases/{case}/owner", {"member": room.members[tag]})
    places["told-case"] = room.wait("told-case", team)
    room.change(("UPDATE notices SET send_at = ? WHERE kind = 'case_due_soon' AND state = 'planned'", (int(time.time() * 1000),)))
    places["told-soon"] = room.wait("told-soon", team)
    room.change(("UPDATE recovery_cases SET due_at = ?", (int(time.time() * 1000) - 5_400_000,)))
    notice(room, "case_overdue", "case_id", "SELECT id FROM recovery_cases WHERE owner_id = ?")
    places["told-late"] = room.wait("told-late", team)
    for tag, case in cases.items():
        company.call("POST", f"/cases/{case}/contacts", {"channel": "phone", "outcome": "reached"})
        company.call("PUT", f"/cases/{case}/resolution", {"cause": "late", "remedy": "refund"})
    places["told-verdict"] = room.wait("told-verdict", {tag: f"{tag.lower()}@home.example" for tag in scenes.ALL_LANGUAGES})
    places["told-alert"], places["told-digest"] = alerts(room, survey, team)
    company.call("POST", "/webhooks", {"url": "https://hooks.partner.example/rapport", "events": ["response.recorded"]})
    room.change(("UPDATE webhooks SET state = 'disabled', disabled_because = 'failing', last_outcome = 'refused', "
                 "last_status = 503, last_delivered_at = ?", (int(time.time() * 1000) - 5 * 86_400_000,)))
    notice(room, "webhook_disabled", "webhook_id", "SELECT id FROM webhooks WHERE ? > 0")
    places["told-webhook"] = room.wait("told-webhook", team)
    return places


def notice(room, kind, matter, subject):
    """Plans a notice to each member, as the rule would whose hour has not come."""
    now = int(time.time() * 1000)
    for number in room.member_ids.values():
        about = room.rows(subject, (number,))[0][0]
        room.change((
            f"INSERT INTO notices (id, account_id, kind, {matter}, occasion, recipient_id, state, attempts, send_at, expires_at,"
            " created_at) SELECT ?, id, ?, ?, 900, ?, 'planned', 0, ?, ?, ? FROM accounts",
            (now * 1000 + number, kind, about, number, now, now + 86_400_000, now)))


def alerts(room, survey, team):
    """One answer told at once, and several in one mail after quiet hours."""
    def answer(score, words):
        room.company.call("POST", f"/surveys/{survey['id']}/responses", {"score": score, "comment": words, "touchpoint": "Repair"})

    members, hour = list(room.members.values()), time.gmtime().tm_hour
    room.change(("UPDATE accounts SET time_zone = 'UTC'", ()))
    room.company.call("POST", "/alert-rules", {
        "name": "Furious customers", "when": {"score_at_most": 0}, "to": {"kind": "members", "members": members}})
    answer(0, WORDS["en"])
    one = room.wait("told-alert", team)
    room.company.call("POST", "/alert-rules", {
        "name": "Good news", "when": {"score_at_least": 9}, "to": {"kind": "members", "members": members},
        "quiet_hours": {"from": f"{(hour + 21) % 24:02}:00", "to": f"{(hour + 3) % 24:02}:00"}})
    for score in (10, 9, 10):
        answer(score, "On time and friendly.")
    end = time.time() + 60
    while room.rows("SELECT COUNT(*) FROM alerts WHERE gathered")[0][0] < 12 and time.time() < end:
        time.sleep(0.2)
    room.change(("UPDATE alerts SET send_at = ? WHERE gathered", (int(time.time() * 1000),)))
    return one, room.wait("told-digest", team)
