
--[[
Agents, and the pools in which they stand while they are ready and have room.

A pool is all agents of a queue who can have the same: its name, which says
what, is QUEUE:ROOM|FULL|AFTER|SKILLS: units left, channels in which he can
have no more (commas between), s that a ticket must have waited before he is
asked, "en:4,vi:3".  In :pool:NAME they stand by the queue's strategy, who is to
be asked first with the least key; in :pools:QUEUE the pools by the least key in
them.
]]

local function agent_key(d, name)
	return d.p .. ':a:' .. name
end

-- "sales warehouse:2:60" as NAME -> {prio, after (ms)}, and the names, who
-- comes first first.
local serves_read = remembered(function(text)
	local serves, queues = {}, {}
	for word in string.gmatch(text, '%S+') do
		local name, prio, after =
		    string.match(word, '^([^:|,]+):?(%d*):?(%d*)$')
		if name and not serves[name] then
			serves[name] = { prio = tonumber(prio) or 1,
			    after = (tonumber(after) or 0) * 1000 }
			queues[#queues + 1] = name
		end
	end
	table.sort(queues, function(a, b)
		local x, y = serves[a].prio, serves[b].prio
		return x < y or (x == y and a < b)
	end)
	return { serves = serves, queues = queues }
end)

-- "vi en:4" as NAME -> number, and the same text in one form.
local function numbers_read(otherwise)
	return remembered(function(text)
		local of, list = {}, {}
		for word in string.gmatch(text, '[^%s,]+') do
			local name, n = string.match(word, '^([^:|]+):?(%d*)$')
			if name and not of[name] then
				of[name] = tonumber(n) or otherwise
				list[#list + 1] = name .. ':' .. of[name]
			end
		end
		table.sort(list)
		return { of = of, text = table.concat(list, ',') }
	end)
end

local skills_read = numbers_read(LEVEL)
local limits_read = numbers_read(0)

local function agent_read(a, queues, skills, limits)
	local s = serves_read(queues or '')
	a.serves, a.queues = s.serves, s.queues
	a.skilled = skills_read(skills or '')
	a.skills = a.skilled.of
	a.limits = limits_read(limits or '').of
end

local function agent_get(d, name)
	local a = d.agents[name]
	if a then
		return a
	end
	local v = call('HMGET', agent_key(d, name), 'state', 'capacity', 'got',
	    'stands', 'queues', 'skills', 'limits')
	a = { name = name, state = v[1] or 'offline',
	    capacity = tonumber(v[2]) or 0, got = tonumber(v[3]) or 0,
	    stands = v[4] or '' }
	agent_read(a, v[5], v[6], v[7])
	d.agents[name] = a
	return a
end

local function units_of(entry)
	local units, channel = string.match(entry, '^(%d+) ?(%S*)$')
	return tonumber(units) or 0, channel or ''
end

--[[
What he has is counted anew each time from what stands there, so that it cannot
drift: load (units of his work), pending (of his offers), room (of his
capacity, less than 0 when more was given to him by hand), full (channels in
which he can have no more: one offer at a time, and his limits).
]]
local function agent_count(d, a)
	local key, cases = agent_key(d, a.name), {}
	a.load, a.pending, a.full = 0, 0, {}
	for _, v in ipairs(call('HVALS', key .. ':work')) do
		local units, channel = units_of(v)
		a.load = a.load + units
		cases[channel] = (cases[channel] or 0) + 1
	end
	for _, v in ipairs(call('HVALS', key .. ':offers')) do
		local units, channel = units_of(v)
		a.pending = a.pending + units
		cases[channel] = (cases[channel] or 0) + 1
		if channel ~= '' then
			a.full[channel] = 'pending'
		end
	end
	for channel, n in pairs(a.limits) do
		if (cases[channel] or 0) >= n then
			a.full[channel] = a.full[channel] or 'limit'
		end
	end
	a.room = a.capacity - a.load - a.pending
	return a
end

local function agent_counted(d, name)
	local a = agent_get(d, name)
	return a.room and a or agent_count(d, a)
end

-- His place in a pool of the queue: who has the least is asked first.
local function turn_of(d, a, queue)
	local p = policy_of(d, queue)
	if p.strategy == 'least_loaded' then
		local used = a.capacity - a.room
		return math.floor(used * 1000 / math.max(1, a.capacity)) *
		    1e13 + a.got
	elseif p.strategy == 'round_robin' then
		return tonumber(call('HGET', agent_key(d, a.name),
		    'turn.' .. queue)) or 0
	elseif p.strategy == 'fixed_order' then
		return p.order[a.name] or 1e6
	end
	return a.got
end

local pool_read = remembered(function(pool)
	local queue, room, full, after, skills =
	    string.match(pool, '^([^:]+):(%d+)|([^|]*)|(%d+)|(.*)$')
	local p = { queue = queue, room = tonumber(room), full = {},
	    after = tonumber(after) * 1000, skills = skills_read(skills).of }
	for channel in string.gmatch(full, '[^,]+') do
		p.full[channel] = true
	end
	return p
end)

-- A pool's head may have changed.
local function pool_head(d, pool)
	local v = call('ZRANGE', d.p .. ':pool:' .. pool, 0, 0, 'WITHSCORES')
	local pools = d.p .. ':pools:' .. string.match(pool, '^[^:]+')
	if v[1] then
		call('ZADD', pools, v[2], pool)
	else
		call('ZREM', pools, pool)
	end
end

-- The pools in which he should stand.
local function pools_of(a)
	local list, full = {}, {}
	if a.state ~= 'ready' or a.room <= 0 then
		return list
	end
	for channel in pairs(a.full) do
		full[#full + 1] = channel
	end
	table.sort(full)
	for i, q in ipairs(a.queues) do
		list[i] = q .. ':' .. int(a.room) .. '|' ..
		    table.concat(full, ',') .. '|' ..
		    int(a.serves[q].after / 1000) .. '|' .. a.skilled.text
	end
	return list
end

-- Whether what he can have now has something that he could not have before.
local function gained(a, before)
	local was = string.match(before, '%S+')
	if not was then
		return true
	end
	was = pool_read(was)
	if a.room > was.room then
		return true
	end
	for channel in pairs(was.full) do
		if not a.full[channel] then
			return true
		end
	end
	return false
end

-- Puts an agent where he belongs after anything about him changed.
local function agent_settle(d, name)
	local a, key = agent_count(d, agent_get(d, name)), agent_key(d, name)
	local list, here, before = pools_of(a), {}, a.stands
	for _, pool in ipairs(list) do
		here[pool] = true
	end
	for pool in string.gmatch(before, '%S+') do
		if not here[pool] then
			call('ZREM', d.p .. ':pool:' .. pool, name)
			pool_head(d, pool)
		end
	end
	for i, pool in ipairs(list) do
		call('ZADD', d.p .. ':pool:' .. pool,
		    int(turn_of(d, a, a.queues[i])), name)
		pool_head(d, pool)
	end
	a.stands = table.concat(list, ' ')
	call('SADD', d.p .. ':agents', name)
	call('HSET', key, 'state', a.state, 'load', int(a.load), 'pending',
	    int(a.pending), 'got', int(a.got), 'stands', a.stands)
	if #list > 0 and gained(a, before) then
		d.dirty[name] = true
		d.nobody = {}
	end
end

local function agent_touch(d, name)
	d.touched[name] = true
end

local function agents_settle(d)
	for name in pairs(d.touched) do
		agent_settle(d, name)
	end
	d.touched = {}
end

-- By how many s the agents of a queue want tickets to have waited, the least
-- first; 0 is not among them.
local function tiers_of(d, queue)
	local list = d.tiers[queue]
	if not list then
		list = {}
		for _, s in ipairs(call('HKEYS', d.p .. ':tiers:' .. queue)) do
			list[#list + 1] = tonumber(s)
		end
		table.sort(list)
		d.tiers[queue] = list
	end
	return list
end

-- He serves these queues from now on.  A delay that is new to a queue is a
-- step more of those that wait there.
local function serve(d, a, queues, skills, limits)
	local old = a.serves
	agent_read(a, queues, skills, limits)
	for q, s in pairs(old) do
		if s.after > 0 and call('HINCRBY', d.p .. ':tiers:' .. q,
		    int(s.after / 1000), -1) <= 0 then
			call('HDEL', d.p .. ':tiers:' .. q, int(s.after / 1000))
		end
	end
	for q, s in pairs(a.serves) do
		if s.after > 0 and call('HINCRBY', d.p .. ':tiers:' .. q,
		    int(s.after / 1000), 1) == 1 and (not old[q] or
		    old[q].after ~= s.after) then
			todo_put(d, 'p:' .. q)
		end
	end
	call('HSET', agent_key(d, a.name), 'queues', queues, 'skills', skills,
	    'limits', limits)
end
