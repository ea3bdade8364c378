--[[
Colleagues: who has a case open, and who writes in it.  Kept for as long as it
is renewed, and nowhere else.

  :look:ID      HASH   "login page" -> "doing until display" (until: ms); a
                       page that has no name is "login"

Who has a case open in several pages is there once, and writes when he does in
one of them.  A change is told in :brief, as typing is; a renewal is not.
]]

local LOOK_MS = 90000      -- a client renews it each half minute
local LOOKERS = 50         -- shown of one case
local PAGES = 8            -- of one agent, counted of one case

-- Who is here: rows of login, doing, display.  Those who have not renewed it are
-- forgotten on the way, where that may be written.
local function lookers(d, key, write)
	local out, of, all = {}, {}, call('HGETALL', key)
	for i = 1, #all, 2 do
		local doing, till, display = all[i + 1]:match('^(%a+) (%d+) (.*)$')
		local login = all[i]:match('^%S+')
		if tonumber(till) > d.now then
			if of[login] and doing == 'writing' then
				of[login][2] = doing
			elseif not of[login] and #out < LOOKERS then
				out[#out + 1] = { login, doing, display }
				of[login] = out[#out]
			end
		elseif write then
			call('HDEL', key, all[i])
		end
	end
	return out
end

-- What an agent does in all his pages, and how many there are; the page that
-- would run out first.
local function own_look(d, key, login)
	local doing, n, first, ends = 'gone', 0, nil, nil
	local all = call('HGETALL', key)
	for i = 1, #all, 2 do
		local does, till = all[i + 1]:match('^(%a+) (%d+) ')
		if all[i]:match('^%S+') == login and tonumber(till) > d.now then
			n = n + 1
			if doing ~= 'writing' then
				doing = does
			end
			if not ends or tonumber(till) < ends then
				first, ends = all[i], tonumber(till)
			end
		end
	end
	return doing, n, first
end

local function tell_look(d, v, doing)
	local brief = d.p .. ':brief'
	call('XADD', brief, 'MAXLEN', '~', BRIEF, '*', 'k', 'presence', 't', v[1],
	    'q', v[2], 'j', cjson.encode({ kind = 'presence',
	    ticket = tonumber(v[1]), queue = v[2],
	    assignee = v[3] ~= '' and v[3] or nil, who = v[4], display = v[5],
	    doing = doing }))
	call('EXPIRE', brief, BRIEF_S)
end

-- args: ticket, queue, assignee ("": nobody), login, display, doing (looking,
-- writing or gone), page ("": it was not told).  Adds who is here now.
local function desk_look(keys, args)
	local d = step(keys)
	local key = d.p .. ':look:' .. args[1]
	local page = args[7] == '' and args[4] or args[4] .. ' ' .. args[7]
	local was, pages, first = own_look(d, key, args[4])
	if args[6] == 'gone' then
		call('HDEL', key, page)
	else
		if pages >= PAGES and call('HEXISTS', key, page) == 0 then
			call('HDEL', key, first)
		end
		call('HSET', key, page, args[6] .. ' ' ..
		    int(d.now + LOOK_MS) .. ' ' .. args[5])
		call('PEXPIRE', key, LOOK_MS)
	end
	local is = own_look(d, key, args[4])
	if was ~= is then
		tell_look(d, args, is)
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
