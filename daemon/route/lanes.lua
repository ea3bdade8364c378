
--[[
Waiting tickets, and the lanes in which they stand.

A lane is all tickets of a queue that need the same now: its name, which says
what, is QUEUE:CHANNEL|UNITS|NEEDS|WAITED|OVER|OWN: "en:2,vi:1"; s of waiting
that agents with a delay ask for and that have passed; queues whose agents are
asked too; the one agent who is waited for.  In :lane:NAME tickets stand by
their score.  In :lanes:QUEUE stand the lanes that are for agents of that queue
by the least score in them; one that is for one agent stands in :mine:AGENT, and
in :owned:QUEUE, where it is found when the queue is let go on.

What a ticket needs is a function of the ticket, its queue's policy and how long
it has waited: stage_of().  :stages says when that will have changed.
]]

local function ticket_key(d, id)
	return d.p .. ':t:' .. id
end

local function ticket_get(d, id)
	local v = call('HGETALL', ticket_key(d, id))
	local t = { id = id }
	for i = 1, #v, 2 do
		t[v[i]] = v[i + 1]
	end
	if t.version == nil then
		return nil
	end
	return t
end

-- The ticket, when it stands in a lane.
local function waiting(d, id)
	local t = ticket_get(d, id)
	return t and t.lane and t or nil
end

local lane_read = remembered(function(lane)
	local queue, channel, units, needs, waited, over, own = string.match(
	    lane, '^([^:]+):([^|]*)|(%d+)|([^|]*)|(%d+)|([^|]*)|([^|]*)$')
	local l = { queue = queue, channel = channel, units = tonumber(units),
	    needs = {}, waited = tonumber(waited) * 1000, asked = { queue },
	    own = own ~= '' and own or nil }
	for name, level in string.gmatch(needs, '([^:,]+):(%d+)') do
		l.needs[#l.needs + 1] = { name = name, level = tonumber(level) }
	end
	for q in string.gmatch(over, '[^,]+') do
		l.asked[#l.asked + 1] = q
	end
	return l
end)

-- Which of the needs he has not; nil when he has them all.
local function lacks(needs, skills)
	for _, n in ipairs(needs) do
		if (skills[n.name] or 0) < n.level then
			return n
		end
	end
	return nil
end

-- So much is asked of each need, and of room for one more.
local function able(l, who)
	return who.room >= l.units and not who.full[l.channel] and
	    not lacks(l.needs, who.skills)
end

-- What is asked of skills once so much of it has fallen.
local function needs_of(asks, drop, by, anyone)
	local list, text = {}, {}
	for _, a in ipairs(asks) do
		if not anyone and not (a.preferred and drop) then
			local n = { name = a.name,
			    level = a.preferred and a.level or
			    math.max(1, a.level - by) }
			list[#list + 1] = n
			text[#text + 1] = n.name .. ':' .. int(n.level)
		end
	end
	return list, table.concat(text, ',')
end

-- Whether a ticket still waits for the agent of before, who must be there.
local function waits_for(d, t, p)
	if not t.prefer or p.same == 0 or t.left == t.since then
		return false
	end
	local a = agent_get(d, t.prefer)
	return a.state == 'ready' and a.serves[t.queue] ~= nil and not
	    lacks(needs_of(asks_read(t.skills or ''), true, 0), a.skills)
end

--[[
What a ticket needs now: its lane, the stage's name, when that will have changed
(ms; nil: never), and since how long a wait (ms) it is so.  A step that changes
nothing for it is none.
]]
local function stage_of(d, t)
	local p, since = policy_of(d, t.queue), tonumber(t.since)
	local asks, next_at = asks_read(t.skills or ''), nil
	local preferred, high, stage, from = false, 1, 'exact', -math.huge
	local function passed(after)
		if d.now >= since + after then
			from = math.max(from, after)
			return true
		end
		next_at = math.min(next_at or since + after, since + after)
		return false
	end
	local function lane(needs, waited, over, own)
		return t.queue .. ':' .. (t.channel or '') .. '|' ..
		    (t.units or '0') .. '|' .. needs .. '|' .. int(waited) ..
		    '|' .. table.concat(over, ',') .. '|' .. own
	end

	if waits_for(d, t, p) and not passed(p.same) then
		local _, text = needs_of(asks, true, 0)
		return lane(text, 0, {}, t.prefer), 'own', next_at
	end
	for _, a in ipairs(asks) do
		preferred = preferred or a.preferred
		high = a.preferred and high or math.max(high, a.level)
	end
	local drop, by, over, waited = not p.drop, 0, {}, 0
	if preferred and p.drop and passed(p.drop) then
		drop, stage = true, 'preferred'
	end
	for _, s in ipairs(p.levels) do
		if high > 1 and passed(s.after) and s.by > by then
			by, stage = s.by, 'levels'
		end
	end
	for _, s in ipairs(p.over) do
		if passed(s.after) then
			over[#over + 1], stage = s.queue, 'overflow'
		end
	end
	local anyone = #asks > 0 and p.anyone and passed(p.anyone)
	if anyone then
		stage = 'anyone'
	end
	for _, s in ipairs(tiers_of(d, t.queue)) do
		waited = passed(s * 1000) and s or waited
	end
	local _, text = needs_of(asks, drop, by, anyone)
	return lane(text, waited, over, ''), stage, next_at, from
end

-- A lane's head may have changed; came: by this ticket's coming.
local function lane_head(d, lane, came)
	local l = lane_read(lane)
	local v = call('ZRANGE', d.p .. ':lane:' .. lane, 0, 0, 'WITHSCORES')
	local keys = {}
	if came and v[1] ~= came then
		return
	end
	if l.own then
		keys = { ':mine:' .. l.own, ':owned:' .. l.queue }
	else
		for i, q in ipairs(l.asked) do
			keys[i] = ':lanes:' .. q
		end
		if #keys > 1 then
			call('SADD', d.p .. ':queues', unpack(l.asked))
		end
	end
	for _, key in ipairs(keys) do
		if v[1] then
			call('ZADD', d.p .. key, v[2], lane)
		else
			call('ZREM', d.p .. key, lane)
		end
	end
end

local function stage_note(d, t, next_at)
	if next_at then
		call('ZADD', d.p .. ':stages', int(next_at), t.id)
		d.timed = true
	elseif t.staged then
		call('ZREM', d.p .. ':stages', t.id)
	end
	t.staged = next_at ~= nil
end

-- Its lane now, and when that will have changed.  Who waited for the agent of
-- before and waits no more has had that chance.
local function lane_find(d, t)
	local lane, stage, next_at, from = stage_of(d, t)
	if t.prefer and stage ~= 'own' and t.left ~= t.since then
		t.left = t.since
	end
	t.lane, t.stage = lane, stage
	return next_at, from
end

local function lane_in(d, t)
	local key, left = ticket_key(d, t.id), t.left
	local next_at = lane_find(d, t)
	if t.left ~= left then
		call('HSET', key, 'left', t.left)
	end
	call('HSET', key, 'lane', t.lane, 'stage', t.stage)
	call('ZADD', d.p .. ':lane:' .. t.lane, t.score, t.id)
	lane_head(d, t.lane, t.id)
	stage_note(d, t, next_at)
	d.fresh[#d.fresh + 1] = t
end

-- Takes it out of its line and its lane.
local function line_out(d, t)
	call('ZREM', d.p .. ':line:' .. t.queue, t.id)
	if t.lane then
		call('ZREM', d.p .. ':lane:' .. t.lane, t.id)
		lane_head(d, t.lane)
		call('HDEL', ticket_key(d, t.id), 'lane')
		call('ZREM', d.p .. ':stages', t.id)
		t.lane = nil
	end
end

local function line_up(d, t)
	call('SADD', d.p .. ':queues', t.queue)
	call('ZADD', d.p .. ':line:' .. t.queue, t.score, t.id)
	lane_in(d, t)
end

-- What it needs may be another thing now.
local function restage(d, id)
	local t = waiting(d, id)
	if not t then
		call('ZREM', d.p .. ':stages', id)
		return
	end
	local lane, _, next_at = stage_of(d, t)
	t.staged = true
	if lane == t.lane then
		stage_note(d, t, next_at)
		return
	end
	call('ZREM', d.p .. ':lane:' .. t.lane, id)
	lane_head(d, t.lane)
	lane_in(d, t)
end

-- Those whose stage has passed.
local function stages_pass(d)
	local ids = call('ZRANGEBYSCORE', d.p .. ':stages', '-inf', int(d.now),
	    'LIMIT', 0, HEADS)
	for _, id in ipairs(ids) do
		restage(d, id)
	end
	if #ids > 0 then
		d.timed = true
	end
end

-- Looks at HEADS of a line from `cursor' on, "score skip"; the next cursor, nil
-- at its end.
local function restage_line(d, queue, cursor)
	local from, skip = string.match(cursor, '^(%S+) (%d+)$')
	local v = call('ZRANGEBYSCORE', d.p .. ':line:' .. queue, from, '+inf',
	    'WITHSCORES', 'LIMIT', skip, HEADS)
	local last, same = v[#v], 0
	d.moves = d.moves - #v / 2
	for i = 1, #v, 2 do
		restage(d, v[i])
		same = v[i + 1] == last and same + 1 or same
	end
	if #v < 2 * HEADS then
		return nil
	end
	return last .. ' ' .. (last == from and skip + same or same)
end

-- Whether he is still there for those who wait for him.  False: not all of
-- them were looked at.
local function restage_mine(d, name)
	for _, lane in ipairs(call('ZRANGE', d.p .. ':mine:' .. name, 0, -1)) do
		local key, last = d.p .. ':lane:' .. lane, nil
		local id = call('ZRANGE', key, 0, 0)[1]
		while id and id ~= last do
			if d.moves <= 0 then
				return false
			end
			d.moves = d.moves - 1
			restage(d, id)
			last, id = id, call('ZRANGE', key, 0, 0)[1]
		end
	end
	return true
end
