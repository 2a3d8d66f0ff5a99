import Testing

@testable import Callers

@Suite("Live environments")
struct LiveEnvironmentsTests {
    @Test("an environment is known until its life's last holder lets go, and its number never comes again")
    func life() throws {
        let environments = LiveEnvironments()
        var life = environments.begin()
        let number = try #require(life?.number)
        #expect(environments.has(number))
        #expect(!environments.has(number + LiveEnvironments.limit))
        #expect(!LiveEnvironments().has(number))
        life = nil
        #expect(!environments.has(number))
        let next = try #require(environments.begin())
        #expect(next.number != number && environments.has(next.number) && !environments.has(number))
    }

    @Test("no number that a token could hold is known while nobody lives", arguments: [.min, -1, 0, 1, 16_384, .max])
    func nobody(number: Int) { #expect(!LiveEnvironments().has(number)) }

    @Test("there is an end to them, and room again behind it")
    func limit() {
        let environments = LiveEnvironments()
        var lives = (0..<LiveEnvironments.limit).compactMap { _ in environments.begin() }
        #expect(lives.count == LiveEnvironments.limit && Set(lives.map(\.number)).count == lives.count)
        #expect(environments.begin() == nil)
        #expect(lives.allSatisfy { environments.has($0.number) })
        lives.removeLast()
        #expect(environments.begin() != nil)
    }

    @Test("many begin, look and end at once")
    func burst() async {
        let environments = LiveEnvironments()
        let isRight = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<2_000 {
                        guard let life = environments.begin(), environments.has(life.number) else { return false }
                    }
                    return true
                }
            }
            return await group.allSatisfy(\.self)
        }
        #expect(isRight)
        #expect((0..<LiveEnvironments.limit).compactMap { _ in environments.begin() }.count == LiveEnvironments.limit)
    }
}
