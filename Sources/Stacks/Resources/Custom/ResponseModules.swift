/// The modules that CloudFormation puts beside inline code, for it to answer as a custom resource.
///
/// Source: CloudFormation User Guide, cfn-lambda-function-code-cfnresponsemodule: what they are called with and what they
/// send.
enum ResponseModules {
    /// The file's name and content; nil where the code does not ask for it.
    static func module(for source: String, runtime: String) -> (name: String, contents: [UInt8])? {
        if runtime.hasPrefix("nodejs") {
            return source.contains("cfn-response") ? ("node_modules/cfn-response/index.js", Array(node.utf8)) : nil
        }
        return source.contains("cfnresponse") ? ("cfnresponse.py", Array(python.utf8)) : nil
    }

    private static let python = #"""
        """Answers CloudFormation for a custom resource."""

        import json
        import urllib.request

        SUCCESS = "SUCCESS"
        FAILED = "FAILED"


        def send(event, context, responseStatus, responseData, physicalResourceId=None, noEcho=False, reason=None):
            answer = {
                "Status": responseStatus,
                "Reason": reason or f"See the details in CloudWatch Log Stream: {context.log_stream_name}",
                "PhysicalResourceId": physicalResourceId or context.log_stream_name,
                "StackId": event["StackId"],
                "RequestId": event["RequestId"],
                "LogicalResourceId": event["LogicalResourceId"],
                "NoEcho": noEcho,
                "Data": responseData,
            }
            body = json.dumps(answer).encode()
            headers = {"content-type": "", "content-length": str(len(body))}
            request = urllib.request.Request(event["ResponseURL"], data=body, headers=headers, method="PUT")
            try:
                with urllib.request.urlopen(request) as response:
                    print("Status code:", response.status)
            except Exception as error:
                print("send(..) failed executing the request:", error)

        """#

    private static let node = #"""
        'use strict';
        // Answers CloudFormation for a custom resource.
        const http = require('http');
        const https = require('https');

        exports.SUCCESS = 'SUCCESS';
        exports.FAILED = 'FAILED';

        exports.send = function (event, context, responseStatus, responseData, physicalResourceId, noEcho) {
          const body = JSON.stringify({
            Status: responseStatus,
            Reason: 'See the details in CloudWatch Log Stream: ' + context.logStreamName,
            PhysicalResourceId: physicalResourceId || context.logStreamName,
            StackId: event.StackId,
            RequestId: event.RequestId,
            LogicalResourceId: event.LogicalResourceId,
            NoEcho: noEcho || false,
            Data: responseData,
          });
          const done = () => { if (typeof context.done === 'function') context.done(); };
          const url = new URL(event.ResponseURL);
          const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
          return new Promise((resolve) => {
            const request = (url.protocol === 'http:' ? http : https).request(url, { method: 'PUT', headers }, (response) => {
              console.log('Status code: ' + response.statusCode);
              response.resume();
              resolve();
              done();
            });
            request.on('error', (error) => {
              console.log('send(..) failed executing the request: ' + error);
              resolve();
              done();
            });
            request.end(body);
          });
        };

        """#
}
