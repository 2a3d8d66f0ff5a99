-- Asks for the keys of a cache one after the other. Arguments: the path before the key, how many keys there are, and
-- what the first one's number comes behind.
function init(args)
  path, keys, first, turn = args[1], tonumber(args[2]), tonumber(args[3] or 0), 0
end

function request()
  turn = turn % keys + 1
  return wrk.format("GET", path .. string.format("%d", first + turn))
end
