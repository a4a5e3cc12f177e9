/// The way in to a new installation: a link on the console of the server, until there is an owner.
package enum SetupLink {
    static func path(_ token: String) -> String { "/setup/\(token)" }
}
