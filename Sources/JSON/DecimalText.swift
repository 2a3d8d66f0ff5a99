extension Double {
    /// A number in decimal digits, as people and JSON write it; nil for `nan`, `infinity` and `0x10`, which Swift reads
    /// too, and for what is too large.
    package init?(decimal text: String) {
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let number = Double(text), number.isFinite
        else { return nil }
        self = number
    }
}
