--[[
Colleagues: who has a case open, and who writes in it.  Kept for as long as it
is renewed, and nowhere else.

  :look:ID      HASH   login -> "doing until display" (until: ms)

A change is told in :brief, as typing is; a renewal is not.
]]

local LOOK_MS = 90000      -- a client renews it each half minute
local LOOKERS = 50         -- shown of one case

-- Who is here: rows of login, doing, display.  Those who have not renewed it are
-- forgotten on the way, where that may be written.
local function lookers(d, key, write)
	local out, all = {}, call('HGETALL', key)
	for i = 1, #all, 2 do
		local doing, till, display = all[i + 1]:match('^(%a+) (%d+) (.*)$')
		if tonumber(till) > d.now then
			if #out < LOOKERS then
				out[#out + 1] = { all[i], doing, display }
			end
		elseif write then
			call('HDEL', key, all[i])
		end
	end
	return out
end

local function tell_look(d, v)
	local brief = d.p .. ':brief'
	call('XADD', brief, 'MAXLEN', '~', BRIEF, '*', 'k', 'presence', 't', v[1],
	    'q', v[2], 'j', cjson.encode({ kind = 'presence',
	    ticket = tonumber(v[1]), queue = v[2],
	    assignee = v[3] ~= '' and v[3] or nil, who = v[4], display = v[5],
	    doing = v[6] }))
	call('EXPIRE', brief, BRIEF_S)
end

-- args: ticket, queue, assignee ("": nobody), login, display, doing (looking,
-- writing or gone).  Adds who is here now.
local function desk_look(keys, args)
	local d = step(keys)
	local key = d.p .. ':look:' .. args[1]
	local was = call('HGET', key, args[4])
	local doing, till = nil, 0
	if was then
		doing, till = was:match('^(%a+) (%d+) ')
		if tonumber(till) <= d.now then
			doing = nil
		end
	end
	if args[6] == 'gone' then
		call('HDEL', key, args[4])
	else
		call('HSET', key, args[4], args[6] .. ' ' ..
		    int(d.now + LOOK_MS) .. ' ' .. args[5])
		call('PEXPIRE', key, LOOK_MS)
	end
	if (doing or 'gone') ~= args[6] then
		tell_look(d, args)
	end
	return done(d, lookers(d, key, true))
end

-- args: ticket.  Adds who is here now.
local function desk_here(keys, args)
	local d = step(keys)
	return done(d, lookers(d, d.p .. ':look:' .. args[1], false))
end

redis.register_function('desk_look', desk_look)
redis.register_function{ function_name = 'desk_here', callback = desk_here,
    flags = { 'no-writes' } }
