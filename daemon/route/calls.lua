--[[
Calls: whoever talks is busy, with whatever queue or ticket, from the answer to
the end.  The end may never be told (an exchange that lost power, a link that
was cut): then a call stops counting by itself, when PostgreSQL said.

Wrap-up: what has left an agent's work stands there on, as "w:…", with the same
units, for as long as its queue wants; for all his queues, until he says that he
is done.  A call's begins with its end; its case, later, has none.
]]

local function call_well_formed(c)
	return type(c) == 'table' and type(c.call) == 'number' and
	    type(c.version) == 'number'
end

-- entry: "units channel".
local function wrap_begin(d, name, what, queue, entry)
	local _, channel = units_of(entry)
	local ms = policy_of(d, queue).wrap[channel]
	if not ms or ms <= 0 then
		return
	end
	local key, ends = agent_key(d, name), int(d.now + ms)
	call('HSET', key .. ':work', 'w:' .. what, entry)
	call('ZADD', d.p .. ':wraps', ends, name .. '|w:' .. what)
	if d.now + ms > (tonumber(call('HGET', key, 'wrap')) or 0) then
		call('HSET', key, 'wrap', ends)
	end
	d.timed = true
end

local function wrap_end(d, name, what)
	call('HDEL', agent_key(d, name) .. ':work', what)
	call('ZREM', d.p .. ':wraps', name .. '|' .. what)
	agent_touch(d, name)
	d.timed = true
end

local function wraps_lapse(d)
	local late = call('ZRANGEBYSCORE', d.p .. ':wraps', '-inf', int(d.now),
	    'LIMIT', 0, HEADS)
	for _, m in ipairs(late) do
		local name, what = string.match(m, '^([^|]+)|(.+)$')
		wrap_end(d, name, what)
	end
end

-- The call is no longer this agent's.
local function call_drop(d, id, name)
	call('ZREM', d.p .. ':calls', id)
	call('HDEL', agent_key(d, name) .. ':work', 'c:' .. id)
	agent_touch(d, name)
	d.timed = true
end

--[[
He picked up the phone: what he was offered and has not taken goes back, and is
not held against him.
]]
local function offers_back(d, name)
	if agent_count(d, agent_get(d, name)).room < 0 then
		offers_return(d, name)
	end
end

-- Counts a call as PostgreSQL has it, unless Redis has seen a newer state.
-- queue: of the case that came with it, if any.
local function call_place(d, c, gen, queue)
	local id = int(c.call)
	local key = d.p .. ':c:' .. id
	local v = call('HMGET', key, 'gen', 'version', 'agent', 'queue', 'units')
	if v[1] == gen and tonumber(v[2]) >= c.version then
		return
	end
	local seconds = tonumber(member(c.seconds)) or 0
	local name = seconds > 0 and member(c.agent) or nil
	if v[1] == gen and v[3] and v[3] ~= name then
		call_drop(d, id, v[3])
		wrap_begin(d, v[3], 'c:' .. id, queue or v[4] or '',
		    (v[5] or '0') .. ' call')
	end
	call('HSET', key, 'gen', gen, 'version', int(c.version))
	call('EXPIRE', key, int(math.max(seconds, 0) + GONE))
	if not name then
		call('HDEL', key, 'agent')
		return
	end
	local units = int(tonumber(member(c.units)) or 0)
	call('HSET', key, 'agent', name, 'units', units)
	if queue then
		call('HSET', key, 'queue', queue)
	end
	call('ZADD', d.p .. ':calls', int(d.now + seconds * 1000), id)
	call('HSET', agent_key(d, name) .. ':work', 'c:' .. id,
	    units .. ' call')
	call('HDEL', agent_key(d, name) .. ':work', 'w:c:' .. id)
	agent_get(d, name).got = d.now
	agent_touch(d, name)
	d.timed = true
	offers_back(d, name)
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
