
-- What agents, supervisors and the clock do.

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
	agent_touch(d, name)
	d.left[name] = true
	if state ~= 'ready' then
		offers_return(d, name)
	end
end

-- args: name, state, capacity, queues, skills, reason, limits, version of this
-- presence (or ""), what besides: gone (his connection is lost), said (by him or
-- in his name), or ""; see agents.lua for how queues, skills and limits are
-- written.  Late word of a presence that is over changes what he is not.
local function desk_agent(keys, args)
	local d = step(keys)
	local name = args[1]
	if string.find(name, '[:|,%s]') then
		return done(d)
	end
	local a = agent_get(d, name)
	a.capacity = tonumber(args[3]) or a.capacity
	serve(d, a, args[4], args[5], args[7] or '')
	call('HSET', agent_key(d, name), 'capacity', int(a.capacity))
	if present.heard(d, name, tonumber(args[8]), args[9] == 'gone',
	    args[9] == 'said') then
		agent_state(d, name, args[2], args[6])
	else
		agent_touch(d, name)
	end
	d.dirty[name] = true
	decide(d)
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
	d.timed = true
	if not t.held then
		call('HSET', ticket_key(d, id), 'held', 1)
		tell_offer(d, 'accepted', id, name, t.queue)
	end
	return done(d, 1)
end

-- The end of an offer that he did not want, or may not have.
local function refuse(d, t, name, kind)
	offer_declined(d, t, name)
	tell_offer(d, kind, t.id, name, t.queue)
	offer_back(d, t)
	decide(d)
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
	if not held then
		offer_missed(d, t, name)
	end
	offer_back(d, t)
	if not held and call('HINCRBY', agent_key(d, name), 'lapses', 1) >=
	    LAPSES then
		agent_state(d, name, 'away', 'offers not answered')
		present.note(d, name, 'away')
	end
end

-- Who was ready when he lost his connection takes no more; what others said of
-- themselves they are still.
local function presence_pass(d)
	for _, name in ipairs(present.pass(d)) do
		if agent_get(d, name).state == 'ready' then
			agent_state(d, name, 'away', 'connection lost')
		end
	end
end

-- args: none.  What time alone ends, as far as a step goes.  Adds how many
-- offers came back.
local function desk_lapse(keys)
	local d = step(keys)
	local late = call('ZRANGEBYSCORE', d.p .. ':offers', '-inf', int(d.now),
	    'LIMIT', 0, HEADS)
	local back = 0
	d.timed = true
	for _, m in ipairs(late) do
		local id, name = string.match(m, '^(%d+):(.*)$')
		local t = id and ticket_get(d, id)
		if t and t.offered == name then
			lapse(d, t)
			back = back + 1
		else
			call('ZREM', d.p .. ':offers', m)
		end
	end
	calls_lapse(d)
	wraps_lapse(d)
	declines_lapse(d)
	stages_pass(d)
	presence_pass(d)
	decide(d)
	return done(d, back)
end

local function desk_drain(keys)
	local d = step(keys)
	decide(d)
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
		todo_put(d, 'q:' .. q)
		decide(d)
	end
	return done(d)
end

-- args: policies of queues, JSON each (policy.lua).  What has changed is looked
-- at anew: the stages of all that wait there, whose turn it is, what is not
-- offered any more or is now.  Adds: how many could not be read.
local function desk_policy(keys, args)
	local d = step(keys)
	local bad = 0
	for _, json in ipairs(args) do
		local ok, x = pcall(cjson.decode, json)
		local q = ok and type(x) == 'table' and member(x.queue)
		if not name_well_formed(q) then
			bad = bad + 1
		elseif call('GET', d.p .. ':policy:' .. q) ~= json then
			call('SET', d.p .. ':policy:' .. q, json)
			d.policies[q] = nil
			if call('EXISTS', d.p .. ':line:' .. q) == 1 then
				todo_put(d, 'p:' .. q)
			end
			todo_put(d, 's:' .. q)
			todo_put(d, 'q:' .. q)
		end
	end
	decide(d)
	return done(d, bad)
end

-- args: agent.  He asks for the next case himself.  Adds the ticket, held for
-- him as if he had accepted it, or 0.
local function desk_next(keys, args)
	local d = step(keys)
	local a = agent_counted(d, args[1])
	if not d.epoch then
		return done(d, 0)
	end
	for _, id in ipairs(call('HKEYS', agent_key(d, a.name) .. ':offers')) do
		if call('HGET', ticket_key(d, id), 'held') then
			return done(d, id) -- he asked twice
		end
	end
	local id = ticket_for(d, a, true)
	if id then
		hand_over(d, waiting(d, id), a, 'pull')
		decide(d)
	end
	return done(d, id or 0)
end

-- args: agent.  He is done with wrapping up.  Adds 1, or 0 when he was not.
local function desk_wrapped(keys, args)
	local d = step(keys)
	local key, n = agent_key(d, args[1]), 0
	for _, what in ipairs(call('HKEYS', key .. ':work')) do
		if string.sub(what, 1, 2) == 'w:' then
			wrap_end(d, args[1], what)
			n = 1
		end
	end
	call('HDEL', key, 'wrap')
	decide(d)
	return done(d, n)
end

redis.register_function('desk_agent', desk_agent)
redis.register_function('desk_accept', desk_accept)
redis.register_function('desk_release', desk_release)
redis.register_function('desk_decline', desk_decline)
redis.register_function('desk_lapse', desk_lapse)
redis.register_function('desk_drain', desk_drain)
redis.register_function('desk_pause', desk_pause)
redis.register_function('desk_policy', desk_policy)
redis.register_function('desk_next', desk_next)
redis.register_function('desk_wrapped', desk_wrapped)
