--[[
Why a ticket is where it is: what it needs now and when that changes, who was
considered, and why he is not the one.  It asks what deciding asks (match.lua),
and changes nothing.
]]
do

local LOOKED = 1000        -- agents looked at, of all the desk's
local SHOWN = 200          -- of those who serve the ticket's queues

-- Whom a lane asks, by what queue: the first that he serves; nil: nobody of it.
local function asked_by(l, a)
	for tier, q in ipairs(l.asked) do
		if a.serves[q] then
			return q, tier
		end
	end
	return nil
end

-- The first thing that keeps an agent from a ticket; nil: he may have it.
local function why_not(d, t, l, a, queue)
	local till = call('ZSCORE', d.p .. ':declines', t.id .. ':' .. a.name)
	local lack = lacks(l.needs, a.skills)
	local after = queue == l.queue and a.serves[queue].after or 0
	if a.state ~= 'ready' then
		return { why = a.state }
	elseif l.own and l.own ~= a.name then
		return { why = 'kept', till = tonumber(t.since) +
		    policy_of(d, t.queue).same }
	elseif till and tonumber(till) > d.now then
		return { why = 'declined', till = tonumber(till) }
	elseif not l.own and d.now < tonumber(t.since) + after then
		return { why = 'delay', till = tonumber(t.since) + after }
	elseif lack then
		return { why = a.skills[lack.name] and 'level' or 'skill',
		    skill = lack.name, level = lack.level,
		    has = a.skills[lack.name] }
	elseif a.room <= 0 or a.room < l.units then
		return { why = 'room', room = a.room, units = l.units }
	elseif a.full[l.channel] then
		return { why = a.full[l.channel], channel = l.channel }
	end
	return nil
end

-- Those who fit, in the order in which they would be asked.
local function ranked(d, t, fit)
	local by_skill = policy_of(d, t.queue).strategy == 'best_skill'
	local asks = asks_read(t.skills or '')
	for _, f in ipairs(fit) do
		f.sum = by_skill and skill_sum(asks, f.a.skills) or 0
		f.turn = turn_of(d, f.a, f.queue)
	end
	table.sort(fit, function(x, y)
		if x.tier ~= y.tier then
			return x.tier < y.tier
		elseif x.sum ~= y.sum then
			return x.sum > y.sum
		elseif x.turn ~= y.turn then
			return x.turn < y.turn
		end
		return x.a.name < y.a.name
	end)
end

-- Who was considered: rows, how many there are, fit, and do not by what.
local function considered(d, t, l)
	local rows, fit, n, reasons = {}, {}, 0, {}
	local names = call('SMEMBERS', d.p .. ':agents')
	table.sort(names)
	for i = 1, math.min(#names, LOOKED) do
		local a = agent_get(d, names[i])
		local queue, tier = asked_by(l, a)
		if queue then
			agent_count(d, a)
			local no = why_not(d, t, l, a, queue)
			n = n + 1
			if no then
				no.agent, no.queue = a.name, queue
				rows[#rows + 1] = no
				reasons[no.why] = (reasons[no.why] or 0) + 1
			else
				fit[#fit + 1] = { a = a, queue = queue,
				    tier = tier }
			end
		end
	end
	ranked(d, t, fit)
	for i = #fit, 1, -1 do
		table.insert(rows, 1, { agent = fit[i].a.name,
		    queue = fit[i].queue, rank = i })
	end
	for i = #rows, SHOWN + 1, -1 do
		rows[i] = nil
	end
	return rows, { agents = n, fit = #fit, reasons = reasons,
	    more = #names > LOOKED or nil }
end

-- What comes when waiting goes on.
local function next_stage(d, t, at)
	local now = d.now
	d.now = at
	local lane, stage = stage_of(d, t)
	d.now = now
	return { at = at, stage = stage, asked = lane_read(lane).asked }
end

local function explained(d, t)
	local p = policy_of(d, t.queue)
	local x = { ticket = tonumber(t.id), place = t.place, queue = t.queue,
	    agent = t.agent, mode = p.mode, strategy = p.strategy,
	    paused = paused(d, t.queue) or nil }
	if t.why then
		x.why = cjson.decode(t.why)
	end
	if t.place ~= 'wait' then
		return x
	end
	local lane, stage, next_at = stage_of(d, t)
	local l = lane_read(lane)
	x.stage, x.since, x.channel = stage, tonumber(t.since), t.channel
	x.waited = math.floor(math.max(0, d.now - x.since) / 1000)
	x.units, x.asked, x.kept = l.units, l.asked, l.own
	x.needs = #l.needs > 0 and l.needs or nil
	x.next = next_at and next_stage(d, t, next_at) or nil
	x.line = call('ZCARD', d.p .. ':line:' .. t.queue)
	x.ahead = call('ZRANK', d.p .. ':line:' .. t.queue, t.id) or nil
	if t.offered then
		x.offer = { agent = t.offered, held = t.held ~= nil,
		    expires = tonumber(call('ZSCORE', d.p .. ':offers',
		    t.id .. ':' .. t.offered) or 0) }
	end
	x.agents, x.counts = considered(d, t, l)
	return x
end

-- args: ticket.  Adds JSON: see route_explain() in route.h; "" when Redis knows
-- nothing of it.
local function desk_explain(keys, args)
	local d = step(keys)
	local t = ticket_get(d, args[1])
	return done(d, t and cjson.encode(explained(d, t)) or '')
end

redis.register_function{ function_name = 'desk_explain',
    callback = desk_explain, flags = { 'no-writes' } }

end
