
-- Offers: how they begin and how they end.

-- He is who got something last, in the queues that take turns.
local function turn_take(d, t, a)
	for _, q in ipairs(lane_read(t.lane).asked) do
		if a.serves[q] and
		    policy_of(d, q).strategy == 'round_robin' then
			call('HSET', agent_key(d, a.name), 'turn.' .. q,
			    call('INCR', d.p .. ':turn:' .. q))
		end
	end
end

-- How many of the queue could have it, in PAGE pools at most.
local function fitting(d, t)
	local l, n = lane_read(t.lane), 0
	for _, pool in ipairs(call('ZRANGE', d.p .. ':pools:' .. t.queue, 0,
	    PAGE - 1)) do
		local p = pool_read(pool)
		if able(l, p) and p.after <= l.waited then
			n = n + call('ZCARD', d.p .. ':pool:' .. pool)
		end
	end
	return n
end

-- Why it is his, in words for machines; others: who could have had it, too.
local function why_of(d, t)
	return { strategy = policy_of(d, t.queue).strategy, stage = t.stage,
	    waited = math.floor(math.max(0, d.now - tonumber(t.since)) / 1000),
	    others = t.stage ~= 'own' and math.max(0, fitting(d, t) - 1) or
	    nil }
end

-- From its lane into an agent's hands, until then; how: offer, assign, pull.
local function hand_over(d, t, a, how)
	local held = how ~= 'offer'
	local seconds = held and HOLD / 1000 or tonumber(t.offer) or OFFER
	local expires = d.now + seconds * 1000
	local why = why_of(d, t)
	turn_take(d, t, a)
	line_out(d, t)
	call('ZADD', d.p .. ':offers', int(expires), t.id .. ':' .. a.name)
	call('HSET', ticket_key(d, t.id), 'offered', a.name, 'why',
	    cjson.encode(why))
	call('HSET', agent_key(d, a.name) .. ':offers', t.id,
	    t.units .. ' ' .. (t.channel or ''))
	a.got = d.now
	agent_settle(d, a.name)
	d.timed = true
	if held then
		call('HSET', ticket_key(d, t.id), 'held', 1)
		tell_offer(d, 'accepted', t.id, a.name, t.queue,
		    { mode = how, why = why })
	else
		tell_offer(d, 'offer', t.id, a.name, t.queue, { why = why,
		    expires = expires, seconds = seconds })
	end
	if how == 'assign' then
		d.assigned[#d.assigned + 1] = t.id
		d.assigned[#d.assigned + 1] = a.name
	end
end

local function offer(d, t, name)
	local mode = policy_of(d, t.queue).mode
	d.budget = d.budget - 1
	hand_over(d, t, agent_counted(d, name),
	    mode == 'assign' and mode or 'offer')
end

-- Takes an offer back; the ticket then stands nowhere.
local function offer_end(d, t)
	local name = t.offered
	call('ZREM', d.p .. ':offers', t.id .. ':' .. name)
	call('HDEL', agent_key(d, name) .. ':offers', t.id)
	call('HDEL', ticket_key(d, t.id), 'offered', 'held')
	t.offered, t.held = nil, nil
	agent_touch(d, name)
	d.timed = true
end

-- An offer that came to nothing: the ticket goes back to its place.
local function offer_back(d, t)
	offer_end(d, t)
	if t.place == 'wait' then
		line_up(d, t)
	end
end

-- The ticket, when it is offered to that agent and the offer has not expired.
local function offered(d, id, name)
	local t = ticket_get(d, id)
	local expires = call('ZSCORE', d.p .. ':offers', id .. ':' .. name)
	if t and t.offered == name and expires and
	    tonumber(expires) > d.now then
		return t
	end
	return nil
end

-- Gives back what is offered to an agent; what he has accepted stays held.
local function offers_return(d, name)
	for _, id in ipairs(call('HKEYS', agent_key(d, name) .. ':offers')) do
		local t = ticket_get(d, id)
		if t and t.offered == name and not t.held then
			tell_offer(d, 'withdrawn', id, name, t.queue)
			offer_back(d, t)
		end
	end
end

-- When it waited for him, he had his chance: it is anybody's now.
local function offer_missed(d, t, name)
	if t.prefer == name then
		t.left = t.since
		call('HSET', ticket_key(d, t.id), 'left', t.left)
	end
end

local function offer_declined(d, t, name)
	call('ZADD', d.p .. ':declines', int(d.now + DECLINED),
	    t.id .. ':' .. name)
	d.declines, d.timed = true, true
	offer_missed(d, t, name)
end

-- Refusals that have ended: he may be asked again.
local function declines_lapse(d)
	for _, m in ipairs(call('ZRANGEBYSCORE', d.p .. ':declines', '-inf',
	    int(d.now), 'LIMIT', 0, HEADS)) do
		local t = waiting(d, string.match(m, '^%d+'))
		call('ZREM', d.p .. ':declines', m)
		d.timed = true
		if t then
			d.fresh[#d.fresh + 1] = t
		end
	end
end
