-- Sends the same request with the tokens of a file in turn: wrk ... -- FILE HOST PATH
function init(args)
  requests, turn = {}, 0
  for token in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", args[3], { Host = args[2], Authorization = "Bearer " .. token })
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
