import TestFixtures

/// `HTTPFRONT_SEED=n` has generated tests begin elsewhere, or again where one failed.
enum Seeds {
    static let all = TestFixtures.Seeds.all("HTTPFRONT_SEED")
}
