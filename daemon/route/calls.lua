--[[
Calls: whoever talks is busy, with whatever queue or ticket, from the answer to
the end.  The end may never be told (an exchange that lost power, a link that
was cut): then a call stops counting by itself, when PostgreSQL said.
]]

local function call_well_formed(c)
	return type(c) == 'table' and type(c.call) == 'number' and
	    type(c.version) == 'number'
end

-- The call is no longer this agent's.
local function call_drop(d, id, name)
	call('ZREM', d.p .. ':calls', id)
	call('HDEL', agent_key(d, name) .. ':work', 'c:' .. id)
	if agent_settle(d, name) then
		agent_dirty(d, name)
	end
end

--[[
He picked up the phone: what he was offered and has not taken goes back, and is
not held against him.
]]
local function offers_back(d, a, arrived)
	if room(a) >= 0 then
		return
	end
	for _, id in ipairs(call('HKEYS', agent_key(d, a.name) .. ':offers')) do
		local t = ticket_get(d, id)
		if t and t.offered == a.name and not t.held then
			tell_offer(d, 'withdrawn', id, a.name, t.queue)
			offer_back(d, t)
			arrived[#arrived + 1] = t
		end
	end
end

-- Counts a call as PostgreSQL has it, unless Redis has seen a newer state.
local function call_place(d, c, gen, arrived)
	local id = int(c.call)
	local key = d.p .. ':c:' .. id
	local v = call('HMGET', key, 'gen', 'version', 'agent')
	if v[1] == gen and tonumber(v[2]) >= c.version then
		return
	end
	local seconds = tonumber(member(c.seconds)) or 0
	local name = seconds > 0 and member(c.agent) or nil
	if v[1] == gen and v[3] and v[3] ~= name then
		call_drop(d, id, v[3])
	end
	call('HSET', key, 'gen', gen, 'version', int(c.version))
	call('EXPIRE', key, int(math.max(seconds, 0) + GONE))
	if not name then
		call('HDEL', key, 'agent')
		return
	end
	call('HSET', key, 'agent', name)
	call('ZADD', d.p .. ':calls', int(d.now + seconds * 1000), id)
	call('HSET', agent_key(d, name) .. ':work', 'c:' .. id,
	    int(tonumber(member(c.units)) or 0))
	local a = agent_get(d, name)
	a.got = d.now
	agent_settle(d, name)
	offers_back(d, a, arrived)
end

-- Calls whose end was never told.
local function calls_lapse(d)
	for _, id in ipairs(call('ZRANGEBYSCORE', d.p .. ':calls', '-inf',
	    int(d.now), 'LIMIT', 0, HEADS)) do
		local name = call('HGET', d.p .. ':c:' .. id, 'agent')
		if name then
			call('HDEL', d.p .. ':c:' .. id, 'agent')
			call_drop(d, id, name)
		else
			call('ZREM', d.p .. ':calls', id)
		end
	end
end
