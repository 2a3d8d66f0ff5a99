import Testing

@testable import DataPlane

@Suite("Objects are found by key while somebody holds them")
struct KeyedObjectsTests {
    private final class Object: Sendable {
        let number: Int
        private let key: String
        private let objects: KeyedObjects<String, Object>

        init(_ key: String, _ number: Int, _ objects: KeyedObjects<String, Object>) {
            self.key = key
            self.number = number
            self.objects = objects
        }

        deinit { objects.forget(key, number) }
    }

    private let objects = KeyedObjects<String, Object>()

    private func object(_ key: String) -> Object {
        objects.object(key) { Object(key, $0, objects) }
    }

    @Test("the same one for the same key, with a number of its own")
    func same() {
        let one = object("a")
        let other = object("b")
        #expect(object("a") === one)
        #expect(one.number != other.number)
        #expect(objects.count == 2)
    }

    @Test("nothing is kept of what is gone, and its number is given again")
    func gone() {
        let kept = object("kept")
        for number in 0..<1_000 { #expect(object("\(number)").number == 1) }
        #expect(objects.count == 1)
        #expect(object("kept") === kept)
    }
}
