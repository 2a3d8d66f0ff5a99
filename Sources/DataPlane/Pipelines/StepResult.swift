/// What a step of a pipeline says to the loop that runs it.
enum StepResult {
    /// Done: the next step follows.
    case next
    /// `Exchange.resume` goes on with the next step, or the step answers by itself when it can.
    case wait
    /// The request has been answered or broken off.
    case done
}
