package import Kernel

/// Lets rules decide about what happened, and plans the invitations of those who are asked.
package struct Asking: Sendable {
    let world: World
    let secret: [UInt8]
    let links: InvitationLink

    package init(world: World, secret: [UInt8]) {
        self.world = world
        self.secret = secret
        links = InvitationLink(secret: secret)
    }

    /// A rule that looks at an occasion.
    struct Question {
        let rule: AskRule
        let occasion: Occasion
    }
}
