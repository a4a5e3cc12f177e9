import Kernel

@testable import Outbound

extension MailMessage {
    /// A short mail, as customers get it.
    static func example(
        to: Mailbox = Mailbox(name: "Łucja Żółć", address: "lucja@example.net"),
        subject: String = "Jak było?",
        text: String = "Proszę ocenić\n.\n.kropka\n", headers: [Header] = standardHeaders
    ) -> MailMessage {
        MailMessage(
            id: "inv.1.2@example.org", date: Timestamp(milliseconds: 1_795_435_200_000),
            from: Mailbox(name: "Sklep 咖啡", address: "sklep@example.org"), to: to,
            replyTo: "reply+abc@example.org", envelopeSender: "bounce+abc@example.org", subject: subject,
            text: text,
            html: "<p lang=\"pl\">Proszę ocenić: <a href=\"https://example.org/r/a?s=9\">9</a></p>",
            headers: headers)
    }

    static let standardHeaders: [Header] = [
        Header(
            "List-Unsubscribe",
            "<https://feedback.a-rather-long-name.example.org/u/0123456789abcdef0123456789abcdef0123456789>, "
                + "<mailto:unsub+abc@example.org?subject=unsubscribe>"),
        Header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        Header("List-Id", "<survey-42.org-7.example.org>"),
        Header("Auto-Submitted", "auto-generated"),
    ]
}

extension SMTPRelay.Settings {
    static func loopback(_ port: Int, threads: Int = 1) throws -> Self {
        var settings = Self(
            address: try RelayAddress(url: "smtp://127.0.0.1:\(port)", security: RelayAddress.Security.none),
            greeting: "sender.example.org")
        settings.threads = threads
        settings.connectTimeout = .seconds(30)
        settings.totalTimeout = .seconds(40)
        return settings
    }
}
