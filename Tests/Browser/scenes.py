"""The pages outside the shell in every state that somebody can meet: what is set up for them, how each is reached."""
import html
import json
import re
import sqlite3
import time
import urllib.error
import urllib.request

import product

ALL_LANGUAGES = ["en", "pl", "zh-Hans", "zh-Hant"]
LETTER_WIDTHS = [320, 640]


def said(en, pl, hans, hant, **others):
    return {"en": en, "pl": pl, "zh-Hans": hans, "zh-Hant": hant, **others}


QUESTIONS = [
    {
        "key": "visit", "kind": "choice", "required": True,
        "text": said("How did you reach us?", "Jak się z nami skontaktowano?", "您是怎么联系我们的？", "您是怎麼聯絡我們的？"),
        "options": [
            {"key": "phone", "text": said("By phone", "Telefonicznie", "电话", "電話")},
            {"key": "web", "text": said("On the website", "Przez stronę internetową", "网站", "網站")},
            {"key": "shop", "text": said("In a shop", "W sklepie", "门店", "門市")},
        ],
    },
    {
        "key": "parts", "kind": "matrix",
        "text": said("How good were these?", "Jak oceniasz te sprawy?", "您怎么看以下几点？", "您怎麼看以下幾點？"),
        "options": [
            {"key": "time", "text": said("Waiting time", "Czas oczekiwania", "等候时间", "等候時間")},
            {"key": "person", "text": said("The technician", "Technik", "上门师傅", "到府師傅")},
        ],
    },
    {
        "key": "wishes", "kind": "choices",
        "text": said("What should we keep?", "Co mamy zachować?", "哪些应该保持？", "哪些應該保持？"),
        "options": [
            {"key": "sms", "text": said("A text message before the visit", "SMS przed wizytą", "上门前的短信", "到府前的簡訊")},
            {"key": "evening", "text": said("Evening hours", "Godziny wieczorne", "晚间时段", "晚間時段")},
        ],
    },
    {"key": "else", "kind": "text", "text": said("Anything else?", "Coś jeszcze?", "还有什么想说的？", "還有什麼想說的？")},
    {"key": "reach", "kind": "contact", "text": said("How can we reach you?", "Jak się z Tobą skontaktować?", "怎么联系您？", "怎麼聯絡您？")},
]
ARABIC = {
    "question": {"ar": "ما مدى احتمال أن توصي بنا صديقًا أو زميلًا؟"}, "low": {"ar": "غير محتمل إطلاقًا"},
    "high": {"ar": "محتمل جدًا"}, "comment": {"ar": "ما السبب الرئيسي لتقييمك؟"},
    "privacy": {"ar": "نستخدم إجابتك لتحسين خدمتنا ومعالجة ما لم يسر على ما يرام فقط."},
    "send": {"ar": "إرسال"}, "optional": {"ar": "اختياري"},
}
SURVEYS = {
    "plain": {"metric": "nps"},
    "full": {"metric": "nps", "style": "coloured", "questions": QUESTIONS},
    "signed": {"metric": "nps", "scale": "-10..10", "style": "coloured"},
    "csat": {"metric": "csat", "style": "coloured"},
    "ces": {"metric": "ces"},
    "arabic": {"metric": "nps", "style": "coloured", "languages": ["ar", "en"], "texts": ARABIC},
    "shut": {"metric": "nps"},
}


class Company:
    """Calls the API of a running product with a token of its own."""

    def __init__(self, address):
        self.address = address
        self.token = product.command(product.data_of(address), "token", "create", "--name", "scenes").split()[-1]

    def call(self, method, path, body=None):
        asked = urllib.request.Request(
            f"{self.address}/api/v1{path}", data=json.dumps(body).encode() if body else None, method=method,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()}") from error

    def resolved_case(self, survey):
        """A case of an unhappy customer, resolved: its customer's verdict is asked for."""
        answer = self.call("POST", f"/surveys/{survey['id']}/responses", {
            "score": 1, "comment": "The machine leaks.", "customer": {"name": "Ann", "email": "ann@example.org"}})
        found, end = [], time.time() + 60
        while not found and time.time() < end:
            time.sleep(0.1)
            listed = self.call("GET", "/cases?stage=open&limit=200")
            found = [case for case in listed["data"] if case["response"] == answer["id"]]
        case = f"/cases/{found[0]['id']}"
        self.call("POST", f"{case}/contacts", {"channel": "phone", "outcome": "reached"})
        return self.call("PUT", f"{case}/resolution", {"cause": "late", "remedy": "refund"})

    def asked(self, survey, addresses, opener):
        """Asks them by mail; the token of each one's link, from the mailbox of the trial."""
        self.call("POST", f"/surveys/{survey}/invitations", {
            "channel": "email", "to": [{"email": address} for address in addresses]})
        mails, end = {}, time.time() + 60
        while len(mails) < len(addresses) and time.time() < end:
            time.sleep(0.2)
            listed = opener.open(f"{self.address}/mailbox").read().decode()
            for path in set(re.findall(r'href="(/mailbox/mai_\w+)"', listed)) - set(mails.values()):
                page = opener.open(self.address + path).read().decode()
                mails |= {address: path for address in addresses if address in page}
        assert len(mails) == len(addresses), "the mails did not arrive"
        return [re.search(r"/r/(\w+)\?s=0", opener.open(self.address + mails[address]).read().decode()).group(1)
                for address in addresses]

    def surveys(self):
        """The path of each survey's answer page, by its name above."""
        made = {name: self.call("POST", "/surveys", {"name": name, "slug": f"scene-{name}",
                                                     "languages": ALL_LANGUAGES, **fields})
                for name, fields in SURVEYS.items()}
        self.call("PATCH", f"/surveys/{made['shut']['id']}", {"status": "closed"})
        return {name: f"/s/{survey['slug']}" for name, survey in made.items()}


def send(page):
    page.click("main form button[type=submit]")
    page.wait_for_load_state()


def score(number):
    def steps(page):
        page.check(f"input[name=score][value='{number}']")
        send(page)
    return steps


def complete(page):
    score(2)(page)
    page.fill("textarea[name=comment]", "The technician came two days late and nobody called.")
    send(page)


def refuse(page):
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    page.fill("textarea[name=comment]", "The technician came two days late and nobody called.")
    page.fill("input[name='reach[email]']", "not an address")
    send(page)


def answered(verdict, words):
    def steps(page):
        # Whoever comes second finds what the first one said.
        if page.locator(f"input[value={verdict}]").count():
            page.check(f"input[value={verdict}]")
            page.fill("textarea[name=comment]", words)
            send(page)
    return steps


def once(asked):
    """Sends the form that holds this; whoever comes second finds what the first one did."""
    def steps(page):
        if page.locator(asked).count():
            send(page)
    return steps


def send_nothing(page):
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    send(page)


def wrong_password(page):
    page.fill("input[name=email]", product.OWNER)
    page.fill("input[name=password]", "not my password")
    page.click("main form button")
    page.wait_for_load_state()


def nothing(page):
    pass


NAMES = [
    "answer-neutral", "answer-full", "answer-signed", "answer-csat", "answer-ces", "answer-right-to-left",
    "answer-refused", "answer-low", "answer-middle", "answer-high", "answer-done", "answer-closed", "answer-unknown",
    "verdict", "verdict-refused", "verdict-satisfied", "verdict-unhappy", "verdict-closed", "verdict-unknown",
    "sign-in-refused", "nothing-here", "link", "link-answered", "leave", "leave-done",
]


def pages(address):
    """Each of `NAMES`: where it begins, and what leads to the state."""
    company = Company(address)
    survey = company.call("POST", "/surveys", {"name": "For verdicts", "metric": "nps"})
    cases = [company.resolved_case(survey) for _ in range(4)]
    links = [case["verdict_url"].removeprefix(address) for case in cases]
    company.call("PUT", f"/cases/{cases[3]['id']}/closure", {"reason": "moved away"})
    at = company.surveys()
    tokens = company.asked(survey["id"], ["ann@mail.example", "bo@mail.example", "cy@mail.example"],
                           product.signed_in_opener(address))
    return {
        "answer-neutral": (at["plain"], nothing),
        "answer-full": (at["full"], nothing),
        "answer-signed": (at["signed"], nothing),
        "answer-csat": (at["csat"] + "?score=4", nothing),
        "answer-ces": (at["ces"], nothing),
        "answer-right-to-left": (at["arabic"] + "?lang=ar", nothing),
        "answer-refused": (at["full"] + "?score=3", refuse),
        "answer-low": (at["plain"], score(2)),
        "answer-middle": (at["plain"], score(7)),
        "answer-high": (at["plain"], score(10)),
        "answer-done": (at["plain"], complete),
        "answer-closed": (at["shut"], nothing),
        "answer-unknown": ("/s/nothing-is-here", nothing),
        "verdict": (links[0], nothing),
        "verdict-refused": (links[0], send_nothing),
        "verdict-satisfied": (links[1], answered("satisfied", "The new technician was on time.")),
        "verdict-unhappy": (links[2], answered("still_unhappy", "It still leaks.")),
        "verdict-closed": (links[3], nothing),
        "verdict-unknown": ("/v/nothing-is-here", nothing),
        "sign-in-refused": ("/sign-in", wrong_password),
        "nothing-here": ("/nothing-is-here", nothing),
        "link": (f"/r/{tokens[0]}?s=3", nothing),
        "link-answered": (f"/r/{tokens[1]}?s=9", once("input[name=score]")),
        "leave": (f"/u/{tokens[0]}", nothing),
        "leave-done": (f"/u/{tokens[2]}", once("main form")),
    }


RULE_NAMES = ["ask-rules-full", "ask-rule", "exclusions", "webhooks-full", "webhook", "alerts-full", "alert-rule",
              "coverage"]


def rules(address):
    """Each of `RULE_NAMES`: where a signed-in member finds it, after rules have asked and told of something."""
    company = Company(address)
    survey = company.call("GET", "/surveys")["data"][0]["id"]
    member = company.call("GET", "/members")["data"][0]["id"]
    rule = company.call("POST", "/ask-rules", {
        "name": "After a delivery", "survey": survey, "event": "delivery", "channel": "email", "delay": "PT2H",
        "hours": {"from": "09:00", "to": "20:00"}, "sample": 0.5, "reminders": ["P3D", "P7D"],
        "where": {"plan": ["gold", "silver"]}})["id"]
    hook = company.call("POST", "/webhooks", {
        "url": "https://hooks.example.org/in", "events": ["response.recorded", "case.opened"]})["id"]
    alert = company.call("POST", "/alert-rules", {
        "name": "Refunds", "when": {"words": ["refund"]},
        "quiet_hours": {"from": "20:00", "to": "08:00"}, "to": {"kind": "members", "members": [member]}})["id"]
    company.call("POST", f"/surveys/{survey}/responses", {"score": 1, "comment": "I want a refund."})
    company.call("POST", f"/surveys/{survey}/invitations", {
        "channel": "email", "to": [{"email": f"person{number}@mail.example"} for number in range(12)]})
    for number, plan in enumerate(["gold", "silver", "basic", "gold"]):
        company.call("POST", "/customer-events", {"event": "delivery", "customer": {
            "email": f"buyer{number}@mail.example", "attributes": {"plan": plan}}})
    company.call("POST", f"/ask-rules/{rule}/exclusions", {
        "customer": {"email": "buyer1@mail.example"}, "reason": "other", "note": "In court with us over a bill."})
    return {
        "ask-rules-full": "/ask-rules", "ask-rule": f"/ask-rules/{rule}",
        "exclusions": f"/ask-rules/{rule}/exclusions", "alert-rule": f"/settings/alerts/{alert}", "webhooks-full": "/webhooks",
        "webhook": f"/webhooks/{hook}", "alerts-full": "/settings/alerts", "coverage": f"/surveys/{survey}/coverage",
    }


MAIL_NAMES = ["letter", "letter-again", "mail", "mail-csat", "mail-signed", "mailbox-full", "mailbox-mail",
              "invitations", "invitations-empty"]


def mails(address):
    """Each of `MAIL_NAMES`: where a signed-in member finds it. The mailbox is given the letter of each language."""
    company = Company(address)
    opener = product.signed_in_opener(address)
    looks = {"plain": {"metric": "nps", "style": "coloured"}, "csat": {"metric": "csat", "style": "coloured"},
             "signed": {"metric": "nps", "scale": "-10..10"}}
    ids = {name: company.call("POST", "/surveys", {"name": f"Mail {name}", "languages": ALL_LANGUAGES, **fields})["id"]
           for name, fields in looks.items()}
    base = f"/surveys/{ids['plain']}/letter"
    for number, tag in enumerate(reversed(ALL_LANGUAGES)):
        keep(address, number + 1, opener.open(f"{address}{base}/html?tag={tag}").read().decode(),
             text(opener.open(f"{address}{base}?tag={tag}").read().decode()))
    company.call("POST", f"/surveys/{ids['plain']}/invitations", {"channel": "email", "to": [
        {"email": "dee@mail.example"}, {"email": "eve@mail.example"}, {"email": "dee@mail.example"},
        {"email": product.OWNER}]})
    listed = opener.open(f"{address}/mailbox").read().decode()
    return {
        "letter": base, "letter-again": f"{base}?again=yes", "mail": f"{base}/html",
        "mail-csat": f"/surveys/{ids['csat']}/letter/html", "mail-signed": f"/surveys/{ids['signed']}/letter/html",
        "invitations": f"/surveys/{ids['plain']}/invitations",
        "invitations-empty": f"/surveys/{ids['csat']}/invitations",
        "mailbox-full": "/mailbox", "mailbox-mail": re.search(
            rf'href="(/mailbox/mai_\w+)">[^<]*</a></td><td class="who">[^<]*ann{len(ALL_LANGUAGES)}@', listed).group(1),
    }


def text(page):
    return html.unescape(re.search(r'<pre class="mail-text"[^>]*>(.*?)</pre>', page, re.S).group(1))


def keep(address, number, page, words):
    """A mail as the mailbox's own carrier files it."""
    subject = html.unescape(re.search(r"<title>(.*?)</title>", page).group(1))
    now = int(time.time() * 1000)
    with sqlite3.connect(f"{product.data_of(address)}/rapport.db", timeout=30) as database:
        account = database.execute("SELECT id FROM accounts").fetchone()[0]
        database.execute(
            "INSERT INTO mailbox_messages (id, account_id, message_id, envelope_sender, mail_from, mail_to, address,"
            " reply_to, subject, headers, text_part, html_part, kept_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (number << 40, account, f"5.{number}.0@mail.example", "ask+0123456789abcdef0123456789abcdef@mail.example",
             "Northwind <ask@mail.example>", f"Ann Example {number} <ann{number}@example.org>", f"ann{number}@example.org",
             "ask+0123456789abcdef0123456789abcdef@mail.example", subject,
             "List-Unsubscribe-Post: List-Unsubscribe=One-Click\nAuto-Submitted: auto-generated",
             words.replace("/…", "/0123456789abcdef0123456789abcdef"),
             page.replace("/…", "/0123456789abcdef0123456789abcdef"), now - (1000 - number) * 60_000))
    database.close()
