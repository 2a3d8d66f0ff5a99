/// How CloudFormation is called. Source: botocore 1.44.8, cloudformation/2010-05-15.
package enum CloudFormationWire {
    package static let service = "cloudformation"
    package static let version = "2010-05-15"
    package static let namespace = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
    /// Set by the engine only: the stack that another one is made for, and the one whose operation is waited for.
    package static let parentHeader = "x-gatehouse-parent"
    package static let waitHeader = "x-gatehouse-wait"
    /// Told to the engine only, of an output that others are not shown.
    package static let hiddenOutput = "NoEcho"
    package static let wire = WireProtocol.query(namespace: namespace)
}
