/// The loop over a pipeline's steps.
extension Exchange {
    /// Takes steps until one waits or the request has ended. Entered at the head, and again by `resume`.
    func run() {
        let turn = turn
        isRunning = true
        // A step may end the request, and the connection may begin its next one within: then another turn counts, and
        // its steps are taken by a call of their own.
        while self.turn == turn, let step = HTTPPipeline.Step(rawValue: step) {
            do throws(Refusal) {
                switch try HTTPPipeline.take(step, self) {
                case .next: self.step += 1
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
                return refuse(error, because: reason ?? HTTPPipeline.explanation(self, error))
            }
        }
    }

    /// What the request of this turn waited for is there, or has failed with `refusal`. Does nothing for a turn that is
    /// over; within `run`, for an answer that was at hand, it only marks.
    func resume(_ turn: Int, _ refusal: Refusal? = nil) {
        guard self.turn == turn else { return }
        if let refusal { return refuse(refusal, because: reason ?? HTTPPipeline.explanation(self, refusal)) }
        guard !isRunning else {
            isResumed = true
            return
        }
        step += 1
        run()
    }
}
