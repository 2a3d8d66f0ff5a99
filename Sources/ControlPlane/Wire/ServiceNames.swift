/// The services whose protocol a request does not show: those of XML. Of all others the request tells by itself
/// (`ServiceFront`), or they are called with REST and JSON.
///
/// Source: `metadata` of botocore 1.44.8's models; Conformance/test_services.py holds every model against it.
enum ServiceNames {
    private static let xml: [String: WireProtocol] = [
        "autoscaling": .query(namespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/"),
        "cloudformation": .query(namespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/"),
        "cloudfront": .restXML(namespace: "http://cloudfront.amazonaws.com/doc/2020-05-31/"),
        "cloudsearch": .query(namespace: "http://cloudsearch.amazonaws.com/doc/2013-01-01/"),
        "ec2": .ec2,
        "elasticache": .query(namespace: "http://elasticache.amazonaws.com/doc/2015-02-02/"),
        "elasticbeanstalk": .query(namespace: "http://elasticbeanstalk.amazonaws.com/docs/2010-12-01/"),
        "elasticloadbalancing": .query(namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"),
        "iam": .query(namespace: "https://iam.amazonaws.com/doc/2010-05-08/"),
        "importexport": .query(namespace: "http://importexport.amazonaws.com/doc/2010-06-01/"),
        "monitoring": .query(namespace: "http://monitoring.amazonaws.com/doc/2010-08-01/"),
        "rds": .query(namespace: "http://rds.amazonaws.com/doc/2014-10-31/"),
        "redshift": .query(namespace: "http://redshift.amazonaws.com/doc/2012-12-01/"),
        "route53": .restXML(namespace: "https://route53.amazonaws.com/doc/2013-04-01/"),
        "s3": .s3, "s3express": .s3, "s3-object-lambda": .s3,
        // SimpleDB's errors have the form of EC2's.
        "sdb": .ec2,
        "ses": .query(namespace: "http://ses.amazonaws.com/doc/2010-12-01/"),
        "sns": .query(namespace: "http://sns.amazonaws.com/doc/2010-03-31/"),
        "sqs": .query(namespace: "http://queue.amazonaws.com/doc/2012-11-05/"),
        "sts": .query(namespace: "https://sts.amazonaws.com/doc/2011-06-15/"),
    ]

    /// Some names stand for a service of forms and another one of REST: `cloudsearch`, `iam`, `sdb`, `ses`.
    static func wire(of service: String, isForm: Bool) -> WireProtocol {
        switch xml[service] {
        case .query(let namespace)?: isForm ? .query(namespace: namespace) : .restJSON
        case .ec2?: isForm ? .ec2 : .restJSON
        case let wire?: wire
        case nil: isForm ? .query(namespace: "") : .restJSON
        }
    }

    /// The service that a call without a signature means by its host (`sts.us-east-1.amazonaws.com`,
    /// `bucket.s3.amazonaws.com`, `lambda.us-east-1.localhost.localstack.cloud`); nil for hosts that say nothing.
    static func service(ofHost host: String) -> String? {
        let name = host.prefix { $0 != ":" }.lowercased()
        let suffixes = [".amazonaws.com", ".amazonaws.com.cn", ".localhost.localstack.cloud", ".localhost"]
        guard let suffix = suffixes.first(where: name.hasSuffix) else { return nil }
        let labels = name.dropLast(suffix.utf8.count).split(separator: ".").map(String.init)
        // The names of buckets come first, regions last.
        return labels.last { Service(rawValue: $0) != nil || xml[$0] != nil }
    }
}
