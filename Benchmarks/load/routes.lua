-- Spreads requests evenly over the routes `/r<n>/items/{id}`, visited in a scattered but repeatable order.
-- Arguments: how many routes the API has, how many of them to visit, the path's last segment.
function init(args)
  local routes, visited, last = tonumber(args[1]), tonumber(args[2]), args[3]
  requests, turn = {}, 0
  for n = 1, visited do
    local route = (n * 7919) % routes
    requests[n] = wrk.format("GET", "/r" .. route .. "/items/" .. last)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
