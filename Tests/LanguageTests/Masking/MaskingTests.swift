import Testing

@testable import Language

@Test(arguments: [
    ("我的手机号是13812345678，请回电", "我的手机号是•••，请回电"), ("身分證字號A123456789", "身分證字號•••"),
    ("Mój PESEL to 90021312343, proszę o kontakt", "Mój PESEL to •••, proszę o kontakt"),
    ("Proszę dzwonić: +48 601 234 567", "Proszę dzwonić: •••"),
    ("my card 4532015112830366 was charged", "my card ••• was charged"),
    ("Call me at (415) 555-0132 or jane_doe+nps@example.org", "Call me at ••• or •••"),
    ("邮箱zhang.san@example.com.cn谢谢", "邮箱•••谢谢"), ("mail to a.b@x.pl.", "mail to •••."),
    ("(jan@firma.pl)", "(•••)"),
    ("12345678@qq.com", "•••"), ("电话０１０－１２３４５６７８", "电话•••"), ("IBAN PL61 1090 1014 0000 0712", "IBAN •••"),
    ("tel. 22/8765432", "tel. 22/•••"), ("4532.0151.1283.0366", "•••"),
])
func `addresses and long numbers are masked`(text: String, expected: String) {
    #expect(Masking.masked(text) == expected)
}

@Test(arguments: [
    "等了2个小时，花了138元", "Pokój 601, piętro 2, cena 234 zł", "I would give it 10/10, 24/7 support", "", "@home",
    "3 @ 5",
    "room 12 34 56", "me@localhost", "👍 100",
])
func `what identifies nobody stays`(text: String) {
    #expect(Masking.masked(text) == text)
}

@Test func `no run of seven digits survives, wherever it stands`() {
    for length in 7...30 {
        for around in ["", " ", "x", "电", "@", ".", "+", "(", "a@b.c"] {
            let masked = Masking.masked(around + String(repeating: "7", count: length) + around)
            #expect(!masked.contains("7777777"), "\(masked)")
        }
    }
}
