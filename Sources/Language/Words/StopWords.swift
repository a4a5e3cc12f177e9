/// Words that a list of what people say is better without. Negations stay: "not" and "never" are what
/// detractors say.
package enum StopWords {
    package static func of(_ language: ReaderLanguage) -> Set<String> {
        switch language {
        case .en: english
        case .pl: polish
        case .zhHans, .zhHant: chinese
        }
    }

    static let english = words(
        """
        a about after again all also am an and any are as at be because been before being but by can could
        did do does doing for from further get got had has have having he her here hers him his how i i'd
        i'll i'm i've if in into is it it's its itself just me more most my myself of off on once one only
        or other our ours out over own same she so some such than that that's the their theirs them then
        there these they they're this those through to too under until up us very was we were what when
        where which while who whom why will with would you you're your yours
        """)

    static let polish = words(
        """
        a aby albo ale ani aż bardziej bardzo bo by był była było były być będzie będą bym chociaż ci co
        czy dla do dlatego gdy gdyż gdzie go i ich ile im ja jak jaki jako je jednak jedno jego jej jest
        jestem jeszcze jeśli już ją kiedy kto która które którego której który których którym którzy lub
        ma mam mamy mi mnie moja moje może mój mu my na nad nam nas nasz natomiast nich nim niż o od oraz
        po pod poza przed przez przy raz są się sobie swoje swój ta tak taka taki takie także tam te tego
        tej temu ten teraz też to tu tych tylko tym tę u w we wszystko więc z za ze że żeby
        """)

    static let chinese = words(
        """
        的 了 是 我 你 您 他 她 它 们 我们 你们 他们 在 有 和 与 与其 跟 就 都 也 还 又 很 太 被 把 给 让 对 从 到 为 以 于 而 但 但是 而且 所以 因为 如果 这
        这个 这样 这里 那 那个 那里 哪 什么 怎么 一个 一 个 上 下 里 中 着 过 吧 吗 呢 啊 啦 哦 嘛 呀 地 得 之 其 或 并 等 等等 会 能 可以 要 说 去 来 人 自己
        大家 时候 时 家 再 才 將 将 已经 已經 们 們 我們 你們 他們 與 還 給 讓 對 從 為 於 這 這個 這樣 這裡 那個 那裡 什麼 怎麼 一個 個 裡 著 過 嗎 會 說 來 時候
        時 因為 所以
        """)

    private static func words(_ list: String) -> Set<String> {
        Set(list.split { $0.isWhitespace }.map(String.init))
    }
}
