/// The loop over a pipeline's steps.
extension Exchange {
    /// Takes steps of the stage's kind until one waits or the request has ended. Entered at the head, and again by
    /// `resume`.
    func run() {
        switch stage?.kind {
        case .http:
            takeSteps { (step) throws(Refusal) in
                guard let step = HTTPPipeline.Step(rawValue: step) else { return .done }
                return try HTTPPipeline.take(step, self)
            }
        case .rest:
            takeSteps { (step) throws(Refusal) in
                guard let step = RESTPipeline.Step(rawValue: step) else { return .done }
                return try RESTPipeline.take(step, self)
            }
        case .webSocket:
            takeSteps { (step) throws(Refusal) in
                if socket.event == .callback {
                    guard let step = CallbackPipeline.Step(rawValue: step) else { return .done }
                    return try CallbackPipeline.take(step, self)
                }
                guard let step = WebSocketPipeline.Step(rawValue: step) else { return .done }
                return try WebSocketPipeline.take(step, self)
            }
        case .other(let pipeline): takeSteps { (step) throws(Refusal) in try pipeline.take(step, self) }
        case nil: break
        }
    }

    @inline(__always)
    private func takeSteps(_ take: (UInt8) throws(Refusal) -> StepResult) {
        let turn = turn
        isRunning = true
        // A step may end the request, and the connection may begin its next one within: then another turn counts, and
        // its steps are taken by a call of their own.
        while self.turn == turn {
            do throws(Refusal) {
                switch try take(step) {
                case .next where self.turn == turn: self.step += 1
                case .next: return
                case .wait where self.turn == turn && isResumed:
                    isResumed = false
                    self.step += 1
                case .wait, .done:
                    if self.turn == turn { isRunning = false }
                    return
                }
            } catch {
                guard self.turn == turn else { return }
                isRunning = false
                return refuse(error, because: reason ?? explanation(error))
            }
        }
    }

    /// What a step waited for when `pause` was this number is there, or has failed with `refusal`. Does nothing for
    /// another number; within `run`, for an answer that was at hand, it only marks.
    func resume(_ pause: Int, _ refusal: Refusal? = nil) {
        guard self.pause == pause else { return }
        self.pause += 1
        if let refusal { return refuse(refusal, because: reason ?? explanation(refusal)) }
        guard !isRunning else {
            isResumed = true
            return
        }
        step += 1
        run()
    }
}
