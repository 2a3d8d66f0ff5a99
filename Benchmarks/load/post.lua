-- Sends one request again and again: wrk ... -- OPERATION BODY
function init(args)
  wrk.method = "POST"
  wrk.headers["x-amz-target"] = "DynamoDB_20120810." .. args[1]
  wrk.headers["content-type"] = "application/x-amz-json-1.0"
  wrk.body = args[2]
  request = function() return wrk.format() end
end
