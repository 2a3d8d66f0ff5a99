import NIOCore

/// The way of the requests of a stage whose kind is not one of `CompiledStage.Kind`'s own: a kind that is being built,
/// or a test's.
protocol StagePipeline: AnyObject, Sendable {
    /// Takes the step of that number, 0 being the first.
    func take(_ step: UInt8, _ x: Exchange) throws(Refusal) -> StepResult
    /// How a refusal is told.
    func response(to refusal: Refusal) -> GatewayResponse
    /// The gateway's own fields of every response: whole lines.
    func writeFields(_ x: Exchange, to out: inout ByteBuffer)
}
