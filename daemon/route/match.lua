
--[[
Who gets what.

A ticket asks the agents of its queue who can have it and have not declined it,
by the queue's strategy; when there is none, those of the queues whose agents
are asked too, one after the other, by theirs.  An agent takes, of all that he
can have, what comes first in the order of his queues, then what is due first.

Where both choose at once neither is wronged: a ticket's agent is asked for his
best ticket, that one for its best agent, until two have chosen each other.

:todo has what a step left over: "t:TICKET" and "a:AGENT" are to be matched,
"l:LANE" all of it, "q:QUEUE" all its lanes.  :upkeep has what comes before any
matching: "p:QUEUE" its tickets' stages are to be found anew from a place in the
line on, "s:QUEUE" its agents' places in their pools from a cursor on, "m:AGENT"
those who wait for him alone.
]]

local function declined(d, id, name)
	if d.declines == nil then
		d.declines = call('EXISTS', d.p .. ':declines') == 1
	end
	local till = d.declines and
	    call('ZSCORE', d.p .. ':declines', id .. ':' .. name)
	return till and tonumber(till) > d.now
end

-- The first in a sorted set, and its score, of whom `no' is not true.
local function first_of(key, no)
	local from, n = 0, 1
	repeat
		local v = call('ZRANGE', key, from, from + n - 1, 'WITHSCORES')
		for i = 1, #v, 2 do
			if not no(v[i]) then
				return v[i], tonumber(v[i + 1])
			end
		end
		from, n = from + #v / 2, PAGE
	until #v == 0
	return nil
end

-- Goes through a sorted set from the least on, until `each' is done.
local function each_of(key, each)
	local from = 0
	repeat
		local v = call('ZRANGE', key, from, from + PAGE - 1,
		    'WITHSCORES')
		for i = 1, #v, 2 do
			if each(v[i], tonumber(v[i + 1])) then
				return
			end
		end
		from = from + PAGE
	until #v < 2 * PAGE
end

local function skill_sum(asks, skills)
	local n = 0
	for _, a in ipairs(asks) do
		n = n + (skills[a.name] or 0)
	end
	return n
end

-- The one of a queue's agents who is to be asked, if any; and whether some
-- would do who have declined it.
local function agent_in(d, l, t, queue)
	local by_skill = policy_of(d, t.queue).strategy == 'best_skill'
	local asks = by_skill and asks_read(t.skills or '')
	local best, key, sum, refused = nil, 0, 0, false
	each_of(d.p .. ':pools:' .. queue, function(pool, head)
		if best and not by_skill and head >= key then
			return true
		end
		local p = pool_read(pool)
		if not able(l, p) or
		    (queue == l.queue and p.after > l.waited) then
			return false
		end
		local n = by_skill and skill_sum(asks, p.skills) or 0
		if best and (n < sum or (n == sum and head >= key)) then
			return false
		end
		local name, at = first_of(d.p .. ':pool:' .. pool,
		    function(who) return declined(d, t.id, who) end)
		refused = refused or not name
		if name and (not best or n > sum or at < key) then
			best, key, sum = name, at, n
		end
		return false
	end)
	return best, refused
end

-- Whom a waiting ticket is to be offered to, if anybody.
local function agent_for(d, t)
	local l, name, refused = lane_read(t.lane), nil, false
	if paused(d, t.queue) or policy_of(d, t.queue).mode == 'pull' or
	    d.nobody[t.lane] then
		return nil
	end
	if l.own then
		local a = agent_counted(d, l.own)
		return a.state == 'ready' and a.room > 0 and able(l, a) and
		    not declined(d, t.id, l.own) and l.own or nil
	end
	for _, q in ipairs(l.asked) do
		local none
		name, none = agent_in(d, l, t, q)
		if name then
			return name
		end
		refused = refused or none
	end
	d.nobody[t.lane] = not refused
	return nil
end

-- Looks for a better one than `best' in a set of lanes.  via: the queue whose
-- set it is, nil: those that wait for this agent.
local function best_in(d, a, who, best, key, via)
	each_of(key, function(lane, head)
		local l = lane_read(lane)
		local serves = a.serves[via or l.queue]
		if not serves then
			return false
		elseif via and best.id and (best.prio < serves.prio or
		    (best.prio == serves.prio and head >= best.score)) then
			return true
		elseif paused(d, l.queue) or not able(l, who) or
		    (via == l.queue and serves.after > l.waited) or
		    (not who.by_hand and
		    policy_of(d, l.queue).mode == 'pull') then
			return false
		end
		local id, score = first_of(d.p .. ':lane:' .. lane,
		    function(one) return declined(d, one, a.name) end)
		if id and (not best.id or serves.prio < best.prio or
		    (serves.prio == best.prio and score < best.score)) then
			best.id, best.prio, best.score = id, serves.prio, score
		end
		return false
	end)
end

-- What an agent is to have next, if anything.  by_hand: he asks for it himself,
-- whatever he has already.
local function ticket_for(d, a, by_hand)
	local best, who = {}, a
	if by_hand then
		who = { room = math.huge, full = {}, skills = a.skills,
		    by_hand = true }
	elseif a.state ~= 'ready' or a.room <= 0 then
		return nil
	end
	best_in(d, a, who, best, d.p .. ':mine:' .. a.name, nil)
	for _, q in ipairs(a.queues) do
		best_in(d, a, who, best, d.p .. ':lanes:' .. q, q)
	end
	return best.id
end

-- Matching -----------------------------------------------------------------

-- Offers what must come first before this ticket, then the ticket.  Whether it
-- came to be offered, as far as the step goes.  whose: the agent whose best
-- ticket it is, where that is known.
local function ticket_match(d, id, whose)
	local t = waiting(d, id)
	while t do
		if d.budget <= 0 then
			todo_put(d, 't:' .. id)
			return true
		end
		local at, name = t, agent_for(d, t)
		if not name then
			return false
		end
		for _ = 1, CHAIN do
			local best = name == whose and id or
			    ticket_for(d, agent_counted(d, name))
			if not best or best == at.id then
				break
			end
			whose = nil
			local one = waiting(d, best)
			local who = one and agent_for(d, one)
			if not who then
				break
			end
			at = one
			if who == name then
				break
			end
			name = who
		end
		offer(d, at, name)
		if at.id == id then
			return true
		end
		t, whose = waiting(d, id), nil
	end
	return true
end

-- All that an agent can have now.
local function agent_match(d, name)
	while d.budget > 0 do
		local id = ticket_for(d, agent_counted(d, name))
		if not id or not ticket_match(d, id, name) then
			return true
		end
	end
	return false
end

-- All of a lane; nil when that is done, else how many stand at its head who
-- were declined by all who fit.
local function lane_match(d, lane, skip)
	local key = d.p .. ':lane:' .. lane
	while d.budget > 0 do
		local id = call('ZRANGE', key, skip, skip)[1]
		if not id then
			return nil
		elseif not ticket_match(d, id) then
			if d.nobody[lane] ~= false then
				return nil
			end
			skip, d.budget = skip + 1, d.budget - 1
		end
	end
	return skip
end

-- One thing left over.  From where on it is to be gone on with (true: from its
-- beginning), else it is done.
local TODO = {
	a = function(d, of)
		return not agent_match(d, of)
	end,
	t = function(d, of)
		d.budget = d.budget - 1
		ticket_match(d, of)
	end,
	l = function(d, of, from)
		return lane_match(d, of, tonumber(from) or 0)
	end,
	q = function(d, of)
		for _, set in ipairs({ ':lanes:', ':owned:' }) do
			for _, lane in ipairs(call('ZRANGE', d.p .. set .. of,
			    0, -1)) do
				todo_put(d, 'l:' .. lane)
			end
		end
	end,
	m = function(d, of)
		return not restage_mine(d, of)
	end,
	p = function(d, of, from)
		return restage_line(d, of, from or '-inf 0')
	end,
	s = function(d, of, from)
		local v = call('SSCAN', d.p .. ':agents', from or 0, 'COUNT',
		    HEADS)
		d.moves = d.moves - #v[2]
		for _, name in ipairs(v[2]) do
			if agent_get(d, name).serves[of] then
				agent_touch(d, name)
			end
		end
		return v[1] ~= '0' and v[1]
	end,
}

-- What earlier steps left over in a set, the oldest first, while more() says so.
local function left_over(d, set, more)
	local key = d.p .. set
	while more(d) do
		local what = call('ZPOPMIN', key)[1]
		if not what then
			return
		end
		local kind, of = string.match(what, '^(%a):(.*)$')
		local from = call('HGET', key .. ':from', what)
		call('HDEL', key .. ':from', what)
		from = TODO[kind](d, of, from)
		if from then
			todo_put(d, what, from ~= true and from)
		end
	end
end

-- Matches what came to lanes, what is due first first, then who gained room.
local function changed_match(d)
	local fresh, dirty = d.fresh, d.dirty
	d.fresh, d.dirty = {}, {}
	table.sort(fresh, function(a, b)
		return tonumber(a.score) < tonumber(b.score)
	end)
	for _, t in ipairs(fresh) do
		if d.budget <= 0 then
			todo_put(d, 't:' .. t.id)
		elseif not d.nobody[t.lane] then
			ticket_match(d, t.id)
		end
	end
	for name in pairs(dirty) do
		if not agent_match(d, name) then
			todo_put(d, 'a:' .. name)
		end
	end
end

--[[
The end of every step that changed something: tickets to the lanes and agents to
the pools where they belong, then tickets to agents.  While Redis is being
rebuilt nothing is offered; all lanes are looked at when that has ended.
]]
local function decide(d)
	for name in pairs(d.left) do
		if not restage_mine(d, name) then
			todo_put(d, 'm:' .. name)
		end
	end
	if d.epoch then
		left_over(d, ':upkeep', function() return d.moves > 0 end)
	end
	agents_settle(d)
	if d.epoch then
		changed_match(d)
		left_over(d, ':todo', function() return d.budget > 0 end)
	end
end
