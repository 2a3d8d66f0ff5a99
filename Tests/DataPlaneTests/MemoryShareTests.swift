import Testing

@testable import DataPlane

@Suite("A share of a budget")
struct MemoryShareTests {
    @Test("grows and shrinks, and is what it was when there is not enough")
    func share() {
        let budget = MemoryBudget(limit: 100)
        var one = MemoryShare(of: budget)
        var other = MemoryShare(of: budget)
        let first = [one.become(70), other.become(40)]
        #expect(first == [true, false])
        #expect(budget.current == 70)
        let second = [one.become(60), other.become(40), one.become(61)]
        #expect(second == [true, true, false])
        #expect(budget.current == 100)
        one.giveBack()
        #expect(budget.current == 40)
    }
}
