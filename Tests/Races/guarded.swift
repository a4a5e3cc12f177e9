// Eight at once at what a mutex guards: nobody may be told of a race. With `-D RACE` one of the two is left
// unguarded.
import Dispatch
import Synchronization

final class Guarded: @unchecked Sendable {
    let numbers = Mutex<[Int]>([])
    var count = 0
}

let guarded = Guarded()
DispatchQueue.concurrentPerform(iterations: 8) { _ in
    for number in 0..<20_000 {
        guarded.numbers.withLock { numbers in
            numbers.append(number)
            if numbers.count > 50 { numbers = [] }
            #if !RACE
                guarded.count += 1
            #endif
        }
        #if RACE
            guarded.count += 1
        #endif
    }
}
print(guarded.count)
