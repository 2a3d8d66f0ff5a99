-- Waits before each request of a connection, up to so many milliseconds: wrk ... -- MILLISECONDS
function init(args) longest = tonumber(args[1]) end

function delay() return longest > 0 and math.random(longest) or 0 end
