import Dispatch
import Testing

@testable import UserPools

@Suite struct FailedAttemptsTests {
    @Test func theTimeDoublesAndIsForgotten() {
        let attempts = FailedAttempts()
        for _ in 0..<5 { attempts.failed("ada", now: 0) }
        #expect(!attempts.mayTry("ada", now: 999))
        #expect(attempts.mayTry("ada", now: 1_000))
        attempts.failed("ada", now: 1_000)
        #expect(!attempts.mayTry("ada", now: 2_999))
        #expect(attempts.mayTry("ada", now: 3_000))
        // After fifteen quiet minutes five are free again.
        attempts.failed("ada", now: 1_000_000)
        #expect(attempts.mayTry("ada", now: 1_000_000))
    }

    @Test func aFullMemoryForgetsWhoIsNotLockedOut() {
        let attempts = FailedAttempts(nameLimit: 10)
        for _ in 0..<5 { attempts.failed("ada", now: 0) }
        for number in 0..<50 { attempts.failed("stranger \(number)", now: 0) }
        #expect(!attempts.mayTry("ada", now: 500))
        #expect(attempts.mayTry("bob", now: 500))
    }

    @Test func whileAllAreLockedOutNobodyElseMayTry() {
        let attempts = FailedAttempts(nameLimit: 10)
        for number in 0..<10 {
            for _ in 0..<8 { attempts.failed("stranger \(number)", now: 0) }
        }
        #expect(!attempts.mayTry("bob", now: 500))
        // What was not counted would be free.
        attempts.failed("bob", now: 500)
        #expect(!attempts.mayTry("bob", now: 500))
        #expect(attempts.mayTry("bob", now: 8_000))
    }

    @Test func ofManyAtOnceSomeAreToldToComeAgain() async {
        let work = PasswordWork()
        let gate = Gate()
        let refused = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<(PasswordWork.limitOfFollowers + 10) {
                group.addTask {
                    do throws(PoolError) {
                        return try await work.run(follows: number >= PasswordWork.limit) { gate.wait() }
                    } catch { return error.code == "TooManyRequestsException" }
                }
            }
            // All that are let in wait for the first one.
            var refused = 0
            while let isRefused = await group.next() {
                if isRefused { refused += 1 }
                if refused >= 10 { gate.open() }
            }
            return refused
        }
        #expect(refused >= 10)
    }

    private final class Gate: @unchecked Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        func wait() -> Bool {
            semaphore.wait()
            semaphore.signal()
            return false
        }
        func open() { semaphore.signal() }
    }
}
