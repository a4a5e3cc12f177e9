import Accounts
import Testing
import Web

@Suite struct `Roles` {
    @Test func `each hold all that the next lower one does`() {
        for (higher, lower) in zip(Role.allCases, Role.allCases.dropFirst()) {
            #expect(higher.permissions.isSuperset(of: lower.permissions), "\(higher) over \(lower)")
        }
    }

    @Test(arguments: Role.allCases)
    func `all have a session of their own`(role: Role) { #expect(role.permissions.contains(.ownSession)) }

    @Test(arguments: [
        (Role.viewer, Permission.writeCases, false), (.viewer, .readScores, true),
        (.agent, .writeCases, true),
        (.agent, .exportResponses, false), (.agent, .readMembers, false), (.manager, .exportResponses, true),
        (.manager, .writeSurveys, true), (.manager, .writeMembers, false), (.manager, .eraseCustomers, false),
        (.admin, .writeTokens, true), (.admin, .eraseCustomers, true), (.owner, .writeAccount, true),
    ])
    func `may do what their work needs`(role: Role, permission: Permission, may: Bool) {
        #expect(role.permissions.contains(permission) == may)
    }

    @Test func `of owners are given by owners only`() {
        #expect(Role.allCases.filter { $0.mayGive.contains(.owner) } == [.owner])
        #expect(Role.agent.mayGive.isEmpty && Role.admin.mayGive.contains(.admin))
    }
}

@Suite struct `Scopes of a token` {
    @Test func `stand for all that an owner may when there are none, but never for a session`() {
        #expect(Set<Permission>(scopes: "") == Role.owner.permissions.subtracting([.ownSession]))
        #expect(Set<Permission>(scopes: "session:own").isEmpty)
    }

    @Test func `come back from the store as they were given`() {
        let given: Set<Permission> = [.readScores, .writeResponses]
        #expect(given.scopes == "responses:write scores:read")
        #expect(Set<Permission>(scopes: given.scopes) == given)
    }
}
