-- Sends the same GET as many callers in turn. Every line of the file has one caller's fields, `Name: value`, with tabs
-- between them: wrk ... -- FILE HOST PATH
function init(args)
  requests, turn = {}, 0
  for line in io.lines(args[1]) do
    local fields = { Host = args[2] }
    for name, value in line:gmatch("([^\t:]+): ([^\t]*)") do fields[name] = value end
    requests[#requests + 1] = wrk.format("GET", args[3], fields)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
