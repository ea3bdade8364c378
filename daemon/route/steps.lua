-- What agents, supervisors and the clock do.

-- Gives back what is offered to an agent; what he has accepted stays held.
local function offers_return(d, name)
	local back = {}
	for _, id in ipairs(call('HKEYS', agent_key(d, name) .. ':offers')) do
		local t = ticket_get(d, id)
		if t and t.offered == name and not t.held then
			tell_offer(d, 'withdrawn', id, name, t.queue)
			offer_back(d, t)
			back[#back + 1] = id
		end
	end
	return back
end

local function agent_state(d, name, state, reason)
	local a, key = agent_get(d, name), agent_key(d, name)
	if a.state ~= state then
		if state == 'ready' then
			a.got = d.now
		end
		call('HSET', key, 'since', int(d.now), 'lapses', 0)
		tell(d, 'agent', nil, nil, { kind = 'agent', agent = name,
		    state = state, reason = reason })
	end
	call('HSET', key, 'reason', reason)
	a.state = state
	agent_settle(d, name)
	return state == 'ready' and {} or offers_return(d, name)
end

-- args: name, state, capacity, queues, skills, reason
local function desk_agent(keys, args)
	local d = step(keys)
	local name = args[1]
	local a = agent_get(d, name)
	for _, q in ipairs(a.queues) do
		call('ZREM', d.p .. ':idle:' .. q, name)
	end
	a.capacity = tonumber(args[3]) or a.capacity
	a.serves, a.queues = words(args[4])
	a.skills = words(args[5])
	call('HSET', agent_key(d, name), 'capacity', int(a.capacity), 'queues',
	    args[4], 'skills', args[5])
	local back = agent_state(d, name, args[2], args[6])
	agent_dirty(d, name)
	drain_some(d)
	for _, id in ipairs(back) do
		offer_one(d, id)
	end
	return done(d)
end

-- args: ticket, agent.  Adds 1 (held) or 0.
local function desk_accept(keys, args)
	local d = step(keys)
	local id, name = args[1], args[2]
	local t = offered(d, id, name)
	if not t then
		return done(d, 0)
	end
	call('ZADD', d.p .. ':offers', int(d.now + HOLD), id .. ':' .. name)
	call('HSET', agent_key(d, name), 'lapses', 0)
	if not t.held then
		call('HSET', ticket_key(d, id), 'held', 1)
		tell_offer(d, 'accepted', id, name, t.queue)
	end
	return done(d, 1)
end

-- The end of an offer that he did not want, or may not have.
local function refuse(d, t, name, kind)
	call('HSET', ticket_key(d, t.id), 'declined.' .. name, int(d.now))
	tell_offer(d, kind, t.id, name, t.queue)
	offer_back(d, t)
	offer_one(d, t.id)
	drain_some(d)
end

-- args: ticket, agent.  PostgreSQL did not assign it.  Adds 1 or 0.
local function desk_release(keys, args)
	local d = step(keys)
	local t = ticket_get(d, args[1])
	if not t or t.offered ~= args[2] then
		return done(d, 0)
	end
	refuse(d, t, args[2], 'released')
	return done(d, 1)
end

-- args: ticket, agent.  Adds 1, or 0 when it is not offered to him.
local function desk_decline(keys, args)
	local d = step(keys)
	local t = offered(d, args[1], args[2])
	if not t or t.held then
		return done(d, 0)
	end
	call('HSET', agent_key(d, args[2]), 'lapses', 0)
	refuse(d, t, args[2], 'declined')
	return done(d, 1)
end

-- An offer's time ran out.  One that was held means a daemon that died: no
-- fault of the agent's.
local function lapse(d, t)
	local name = t.offered
	local held = t.held
	tell_offer(d, held and 'released' or 'lapsed', t.id, name, t.queue)
	offer_back(d, t)
	if not held and call('HINCRBY', agent_key(d, name), 'lapses', 1) >=
	    LAPSES then
		agent_state(d, name, 'away', 'offers not answered')
	end
end

-- What time alone makes possible (a declined ticket may be offered again; who
-- fits stood behind FAR others) is looked for now and then.
local function redrain(d)
	if not d.epoch or not call('SET', d.p .. ':redrain', 1, 'EX', REDRAIN,
	    'NX') then
		return
	end
	for _, q in ipairs(call('SMEMBERS', d.p .. ':queues')) do
		if call('ZCARD', d.p .. ':line:' .. q) > 0 then
			call('HSETNX', d.p .. ':todo', q, 0)
		end
	end
end

local function desk_lapse(keys)
	local d = step(keys)
	local late = call('ZRANGEBYSCORE', d.p .. ':offers', '-inf', int(d.now),
	    'LIMIT', 0, HEADS)
	local back = {}
	for _, m in ipairs(late) do
		local id, name = string.match(m, '^(%d+):(.*)$')
		local t = id and ticket_get(d, id)
		if t and t.offered == name then
			lapse(d, t)
			back[#back + 1] = id
		else
			call('ZREM', d.p .. ':offers', m)
		end
	end
	calls_lapse(d)
	redrain(d)
	drain_some(d)
	for _, id in ipairs(back) do
		offer_one(d, id)
	end
	return done(d, #back)
end

local function desk_drain(keys)
	local d = step(keys)
	drain_some(d)
	return done(d)
end

-- args: queue, 1 (pause) or 0
local function desk_pause(keys, args)
	local d = step(keys)
	local q, on = args[1], args[2] == '1'
	local changed = call(on and 'SADD' or 'SREM', d.p .. ':paused', q)
	call('SADD', d.p .. ':queues', q)
	if changed == 1 then
		tell(d, 'queue', nil, q, { kind = 'queue', queue = q,
		    paused = on })
	end
	if not on then
		call('HSET', d.p .. ':todo', q, 0)
		drain_some(d)
	end
	return done(d)
end

redis.register_function('desk_agent', desk_agent)
redis.register_function('desk_accept', desk_accept)
redis.register_function('desk_release', desk_release)
redis.register_function('desk_decline', desk_decline)
redis.register_function('desk_lapse', desk_lapse)
redis.register_function('desk_drain', desk_drain)
redis.register_function('desk_pause', desk_pause)
