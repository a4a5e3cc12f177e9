import HTTPTypes
import TestKit
import Testing
import Web

@Suite struct ForeignFormTests {
    @Test(
        arguments: [
            (nil, nil, 303), ("https://rapport.example", "same-origin", 303), ("null", "same-origin", 303),
            (nil, "none", 303), ("null", nil, 403), ("https://evil.example", nil, 403),
            ("https://evil.example", "same-origin", 403), ("null", "cross-site", 403),
            (nil, "same-site", 403),
        ] as [(String?, String?, Int)])
    func `only forms of our own pages are taken`(origin: String?, fetched: String?, status: Int) async throws
    {
        let house = try await House(on: .sqlite)
        let id = try await house.survey().id
        var headers: HTTPFields = [
            .contentType: "application/x-www-form-urlencoded",
            .cookie: "\(house.site.site.cookieName("rapport_session"))=account-1",
        ]
        if let origin { headers[.origin] = origin }
        if let fetched { headers[HTTPField.Name("Sec-Fetch-Site")!] = fetched }
        let answer = try await house.site.call(
            .post, "/surveys/\(id)/closure", headers: headers, body: "csrf=form")
        #expect(answer.status == status)
    }
}
