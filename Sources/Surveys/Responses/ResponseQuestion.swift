import Accounts
import Formats
import Kernel
import Web

extension ResponseFilter {
    /// What the address of the list asks for. What it asks wrongly is left out, for people mistype addresses.
    /// Both dates are included, in days of the account. `me` is the member who asks.
    init(listed query: FormFields, zone: Zone, me: Int64?) {
        func text(_ name: String) -> String? {
            query[name].flatMap { $0.trimmed.isEmpty ? nil : $0.trimmed }
        }
        self.init()
        survey = text("survey").flatMap { Survey.ID($0) }
        bands = query.all("band").compactMap(Band.init)
        state = text("state").flatMap(ResponseState.init)
        owner = text("owner").flatMap { ResponseOwner($0, me: me) }
        tag = text("tag").flatMap { try? ResponseTag.Name($0) }
        hasComment = query["comment"] != nil
        touchpoint = text("touchpoint")
        channel = text("channel")
        agent = text("agent")
        self.query = text("q")
        from = text("from").flatMap { LocalDay($0) }.map { zone.start(of: $0) }
        to = text("to").flatMap { LocalDay($0) }.map { zone.start(of: $0 + 1) }
    }
}
