
-- In the place of daemon/route/clock.lua: the time that is played, in ms.
local function now_ms()
	return tonumber(call('GET', '{desk}:clock'))
end
