import HTTPTypes
import Surveys
import TestKit
import Testing

@Suite struct `The preview of a letter` {
    @Test(arguments: Backend.available)
    func `stands on a page of its survey, narrow and wide, in each language`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey().id
        #expect(try await house.site.page("/surveys/\(id)").text.contains("/surveys/\(id)/letter"))
        let page = try await house.site.page("/surveys/\(id)/letter?tag=pl&again=yes")
        #expect(page.status == 200)
        #expect(page.text.contains("Kettles 1: nasze pytanie raz jeszcze"))
        for width in ["w-320", "w-640"] { #expect(page.text.contains("class=\"mail \(width)\"")) }
        #expect(page.text.contains("/surveys/\(id)/letter?tag=zh-Hant&amp;again=yes"))
        let mail = try await house.site.page("/surveys/\(id)/letter/html?tag=zh-Hans")
        #expect(mail.text.contains("<html lang=\"zh-Hans\"") && mail.text.contains("完全不可能"))
        #expect(!mail.text.contains("<base"))
        #expect(mail.headers[.contentSecurityPolicy]?.hasSuffix("sandbox") == true)
        #expect(try await house.site.page("/surveys/\(id)/letter", account: 2).status == 404)
    }
}
