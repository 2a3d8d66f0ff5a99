/// Events of functions as the translator makes resources of them.
enum ServerlessEvents {
    /// Types of events that nobody serves, each with the type of its resource. Source: the translator's `pull.py`, `push.py`.
    private static let types = [
        "CloudWatchEvent": "AWS::Events::Rule", "CloudWatchLogs": "AWS::Logs::SubscriptionFilter",
        "DocumentDB": "AWS::Lambda::EventSourceMapping", "DynamoDB": "AWS::Lambda::EventSourceMapping",
        "EventBridgeRule": "AWS::Events::Rule", "IoTRule": "AWS::IoT::TopicRule",
        "Kinesis": "AWS::Lambda::EventSourceMapping", "MQ": "AWS::Lambda::EventSourceMapping",
        "MSK": "AWS::Lambda::EventSourceMapping", "SNS": "AWS::SNS::Subscription",
        "SQS": "AWS::Lambda::EventSourceMapping", "Schedule": "AWS::Events::Rule",
        "ScheduleV2": "AWS::Scheduler::Schedule", "SelfManagedKafka": "AWS::Lambda::EventSourceMapping",
    ]

    static func of(_ resource: TemplateResource) -> [(name: String, type: String)] {
        guard resource.type == "AWS::Serverless::Function", let events = resource.properties["Events"]?.map else {
            return []
        }
        return events.entries.compactMap { entry in
            let event = entry.value.map?["Type"]?.string ?? ""
            return types[event].map { (entry.key, $0) }
        }
    }
}
