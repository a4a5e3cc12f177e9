import Glibc

/// What is fuzzed: one reader of outside bytes each. The environment's `FUZZ_TARGET` says which.
enum Target: String, CaseIterable {
    case csv, json, lines, form, query, cookie, language, contact, survey, answers
    case mime, delivery, reply, header, letter, meaning, imap, robot
    case hook, signature, records
    /// Traps on purpose, behind two findings in a row: a fuzzer that does not find it is blind.
    case control

    static let chosen: Target = {
        guard let name = getenv("FUZZ_TARGET"), let target = Target(rawValue: String(cString: name)) else {
            fatalError("FUZZ_TARGET is one of \(allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return target
    }()

    func run(_ bytes: [UInt8]) {
        switch self {
        case .csv: fuzzCSV(bytes)
        case .json: fuzzJSON(bytes)
        case .lines: fuzzLines(bytes)
        case .form: fuzzForm(bytes)
        case .query: fuzzQuery(bytes)
        case .cookie: fuzzCookie(bytes)
        case .language: fuzzLanguage(bytes)
        case .contact: fuzzContact(bytes)
        case .survey: fuzzSurvey(bytes)
        case .answers: fuzzAnswers(bytes)
        case .mime: fuzzMIME(bytes)
        case .delivery: fuzzDelivery(bytes)
        case .reply: fuzzReply(bytes)
        case .header: fuzzHeader(bytes)
        case .letter: fuzzLetter(bytes)
        case .robot: fuzzRobot(bytes)
        case .hook: fuzzHook(bytes)
        case .signature: fuzzSignature(bytes)
        case .records: fuzzRecords(bytes)
        case .meaning: fuzzMeaning(bytes)
        case .imap: fuzzIMAP(bytes)
        case .control: fuzzControl(bytes)
        }
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Target.chosen.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// Ends the process where a promise is broken, so that the fuzzer keeps the input.
func promise(_ holds: Bool, _ words: @autoclosure () -> String) {
    if !holds { fatalError(words()) }
}
