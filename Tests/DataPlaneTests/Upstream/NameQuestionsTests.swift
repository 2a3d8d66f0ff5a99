import NIOCore
import Testing

@testable import DataPlane

@Suite("Questions to name servers share threads")
struct NameQuestionsTests {
    private let now = NIODeadline.now()

    /// Questions of one kind, more than there are threads; those that are let out at `times`.
    private func out(_ kind: NameQuestions.Kind, _ times: [TimeAmount]) -> [Int] {
        var questions = NameQuestions()
        for number in 0..<100 { questions.append("\(number)", kind) }
        return times.map { time in
            var count = 0
            while questions.next(now + time) != nil { count += 1 }
            return count
        }
    }

    @Test(
        "slow ones count no longer, and yet there is an end",
        arguments: [
            (NameQuestions.Kind.configured, [48, 0, 0, 0]), (.doubtful, [8, 0, 8, 0]), (.chosen, [8, 0, 8, 0]),
        ])
    func shares(_ kind: NameQuestions.Kind, _ expected: [Int]) {
        #expect(out(kind, [.zero, .milliseconds(999), .seconds(1), .seconds(9)]) == expected)
    }

    @Test("whatever the others have out, a name of which nothing bad is known is asked for")
    func reserve() {
        var questions = NameQuestions()
        for number in 0..<100 {
            questions.append("chosen\(number)", .chosen)
            questions.append("doubtful\(number)", .doubtful)
        }
        for second in 0..<60 { while questions.next(now + .seconds(Int64(second))) != nil {} }
        questions.append("a.test", .configured)
        #expect(questions.next(now) == "a.test")
    }

    @Test("an answer makes room; what is taken back is not asked")
    func room() {
        var questions = NameQuestions()
        for number in 0..<10 { questions.append("\(number)", .chosen) }
        while questions.next(now) != nil {}
        let outcome = [questions.remove("8"), questions.remove("8"), questions.remove("0")]
        #expect(outcome == [true, false, false])
        questions.answered("3")
        #expect(questions.next(now) == "9")
        #expect(questions.isEmpty)
    }

    @Test("names that clients choose do not wait without bound")
    func bounded() {
        var questions = NameQuestions()
        for number in 0..<512 {
            #expect(questions.hasRoomForChosen)
            questions.append("\(number)", .chosen)
        }
        #expect(!questions.hasRoomForChosen)
    }
}
