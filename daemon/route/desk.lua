#!lua name=desk
--[[
The desk as Redis holds it: waiting lines, agents, offers, the live feed.

Every function takes the prefix of all keys, "{desk}", as its one key and is
one atomic step.  PostgreSQL is the truth: what stands here can be lost at any
moment and is then rebuilt from it (desk_rebuild_*).

  :line:QUEUE    ZSET   ticket -> score (due, ms): waits and is not offered
  :idle:QUEUE    ZSET   agent -> when he last got work (ms): ready, with room
  :t:ID          HASH   version gen place queue score units skills agent offer
                        offered held declined.NAME conversation
  :agents        SET    all agents known
  :a:NAME        HASH   state capacity load pending queues skills since reason
                        got lapses
  :a:NAME:work   HASH   ticket -> units: what he works on; c:CALL -> units:
                        the call that he is talking in
  :c:CALL        HASH   version gen agent (a call's, as a ticket's)
  :calls         ZSET   call -> when it no longer counts, told or not (ms)
  :a:NAME:offers HASH   ticket -> units: what is offered to him
  :offers        ZSET   ticket:agent -> expiry (ms)
  :queues        SET    all queues known
  :paused        SET    queues whose tickets are not offered
  :todo          HASH   queue -> how many heads of its line were looked at
                        already: work that a bounded step left over
  :feed          STREAM k (kind) t (ticket) q (queue) j (the notice as JSON)
  :applied       ZSET   outbox id -> when (ms), the last ten minutes
  :epoch         STRING the Redis process (run_id) that was last rebuilt;
                        missing, or another's: Redis was lost
  :gen           STRING counts rebuilds: a ticket's version holds within one
  :rebuild       STRING token of the daemon that rebuilds; expires
  :redrain       STRING set while no look at all lines is due

What visitors need besides stands in visits.lua.

A waiting ticket stands in exactly one place: its queue's line, or :offers.
What fits is offered at once, so that between two steps no ticket waits that a
ready agent could have had; a step therefore only looks at what it changed: a
new ticket against the idle agents of its queue, an agent who gained room
against the heads of his queues' lines.  A look is bounded (HEADS, FAR);
the rest stands in :todo, and desk_drain goes on with it.

Every reply begins with: is the epoch there (1, 0), is there work left (1, 0).
]]

local HEADS = 64           -- of a line, looked at in one go
local AGENTS = 128         -- of a queue, longest idle first
local FAR = 1024           -- … when none of those fits: see idle_far()
local QUEUES = 8           -- drained in one call
local LAPSES = 2           -- offers not answered in a row: the agent is away
local HOLD = 10000         -- ms between accept and PostgreSQL's word
local DECLINED = 300000    -- ms in which a declined ticket is not offered again
local APPLIED = 600000     -- ms in which an outbox id is known
local REDRAIN = 15         -- s between looks at all lines: see desk_lapse
local GONE = 3600          -- s for which a ticket's version is remembered
local LEASE = 4000         -- ms of a rebuild's lease, from its last step
local FEED = 100000        -- notices kept, about
local OFFER = 30           -- s, when the queue says nothing
local TALK = 500           -- of a conversation's notices kept
local TALK_S = 7200        -- s for which they are, after the last

-- redis.call is there only while a function runs.
local function call(...)
	return redis.call(...)
end

-- Whole numbers as text: tostring() would write 1e+15.
local function int(n)
	return string.format('%.0f', n)
end

-- JSON null and a missing member are the same.
local function member(v)
	if v == nil or v == cjson.null then
		return nil
	end
	return v
end

local function now_ms()
	local t = call('TIME')
	return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function words(s)
	local set, list = {}, {}
	for w in string.gmatch(s or '', '%S+') do
		if not set[w] then
			set[w] = true
			list[#list + 1] = w
		end
	end
	return set, list
end

-- One step: the prefix, the time, and agents read once.
local function step(keys)
	local d = { p = keys[1], now = now_ms(), agents = {}, nobody = {} }
	d.epoch = call('EXISTS', d.p .. ':epoch') == 1
	return d
end

local function done(d, ...)
	local todo = d.epoch and call('EXISTS', d.p .. ':todo') or 0
	return { d.epoch and 1 or 0, todo, ... }
end

-- The feed -----------------------------------------------------------------

local function tell(d, kind, ticket, queue, notice)
	return call('XADD', d.p .. ':feed', 'MAXLEN', '~', FEED, '*', 'k', kind,
	    't', ticket or '', 'q', queue or '', 'j', cjson.encode(notice))
end

local function tell_offer(d, kind, id, agent, queue, more)
	local n = more or {}
	n.kind = kind
	n.ticket = tonumber(id)
	n.agent = agent
	n.queue = queue
	tell(d, kind, id, queue, n)
end

-- Agents -------------------------------------------------------------------

local function agent_key(d, name)
	return d.p .. ':a:' .. name
end

local function sum(key)
	local n = 0
	for _, v in ipairs(call('HVALS', key)) do
		n = n + (tonumber(v) or 0)
	end
	return n
end

local function agent_get(d, name)
	local a = d.agents[name]
	if a then
		return a
	end
	local v = call('HMGET', agent_key(d, name), 'state', 'capacity', 'load',
	    'pending', 'queues', 'skills', 'got')
	a = { name = name, state = v[1] or 'offline',
	    capacity = tonumber(v[2]) or 0, load = tonumber(v[3]) or 0,
	    pending = tonumber(v[4]) or 0, got = tonumber(v[7]) or 0 }
	a.serves, a.queues = words(v[5])
	a.skills = words(v[6])
	d.agents[name] = a
	return a
end

local function room(a)
	return a.capacity - a.load - a.pending
end

--[[
Puts an agent where he belongs after anything about him changed.  His load is
counted anew each time from what he has, so that it cannot drift.
]]
local function agent_settle(d, name)
	local a = agent_get(d, name)
	local key = agent_key(d, name)
	local before = room(a)
	a.load = sum(key .. ':work')
	a.pending = sum(key .. ':offers')
	call('SADD', d.p .. ':agents', name)
	call('HSET', key, 'state', a.state, 'load', int(a.load), 'pending',
	    int(a.pending), 'got', int(a.got))
	for _, q in ipairs(a.queues) do
		if a.state == 'ready' and room(a) > 0 then
			call('ZADD', d.p .. ':idle:' .. q, int(a.got), name)
		else
			call('ZREM', d.p .. ':idle:' .. q, name)
		end
	end
	return room(a) > before
end

-- All lines that he serves may now have something for him.
local function agent_dirty(d, name)
	local a = agent_get(d, name)
	if a.state ~= 'ready' or room(a) <= 0 then
		return
	end
	for _, q in ipairs(a.queues) do
		call('HSET', d.p .. ':todo', q, 0)
	end
end

-- Offering -----------------------------------------------------------------

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

local function fits(d, a, t, needs)
	local declined = tonumber(t['declined.' .. a.name])
	if a.state ~= 'ready' or room(a) < (tonumber(t.units) or 0) or
	    (declined and d.now - declined < DECLINED) then
		return false
	end
	for _, s in ipairs(needs) do
		if not a.skills[s] then
			return false
		end
	end
	return true
end

local function offer(d, t, a)
	local seconds = tonumber(t.offer) or OFFER
	local expires = d.now + seconds * 1000
	call('ZREM', d.p .. ':line:' .. t.queue, t.id)
	call('ZADD', d.p .. ':offers', int(expires), t.id .. ':' .. a.name)
	call('HSET', ticket_key(d, t.id), 'offered', a.name)
	call('HSET', agent_key(d, a.name) .. ':offers', t.id, t.units)
	a.got = d.now
	agent_settle(d, a.name)
	tell_offer(d, 'offer', t.id, a.name, t.queue,
	    { expires = expires, seconds = seconds })
end

-- The queue's agents with room, longest idle first.
local function idle(d, queue)
	local list = {}
	for i, name in ipairs(call('ZRANGE', d.p .. ':idle:' .. queue, 0,
	    AGENTS - 1)) do
		list[i] = agent_get(d, name)
	end
	return list
end

--[[
Where many are idle, the one who fits (a rare skill, room enough) may stand
behind all of them: the first such agent, or nil.  Looked for once in a step
for tickets that need the same.
]]
local function idle_far(d, t, needs)
	local key = d.p .. ':idle:' .. t.queue
	local same = t.queue .. ' ' .. (t.units or '') .. ' ' ..
	    (t.skills or '')
	if d.nobody[same] or call('ZCARD', key) <= AGENTS then
		return nil
	end
	for _, name in ipairs(call('ZRANGE', key, 0, FAR - 1)) do
		local a = agent_get(d, name)
		if fits(d, a, t, needs) then
			return a
		end
	end
	d.nobody[same] = true
	return nil
end

-- Offers the ticket to the first whom it fits, who then stands last.
local function offer_to(d, t, list)
	local _, needs = words(t.skills)
	for i, a in ipairs(list) do
		if fits(d, a, t, needs) then
			offer(d, t, a)
			table.remove(list, i)
			if room(a) > 0 then
				list[#list + 1] = a
			end
			return true
		end
	end
	local a = idle_far(d, t, needs)
	if a then
		offer(d, t, a)
	end
	return a ~= nil
end

local function offerable(d, queue)
	return d.epoch and call('SISMEMBER', d.p .. ':paused', queue) == 0
end

-- One ticket that came to its line.
local function offer_one(d, id)
	local t = ticket_get(d, id)
	if t and t.place == 'wait' and not t.offered and
	    offerable(d, t.queue) then
		offer_to(d, t, idle(d, t.queue))
	end
end

-- Looks at HEADS of a line from the one numbered `from'.
local function drain(d, queue, from)
	local todo, line = d.p .. ':todo', d.p .. ':line:' .. queue
	local list = offerable(d, queue) and idle(d, queue) or {}
	local heads = #list > 0 and
	    call('ZRANGE', line, from, from + HEADS - 1) or {}
	local left = from
	for _, id in ipairs(heads) do
		local t = ticket_get(d, id)
		if #list == 0 then
			break
		elseif not t or t.place ~= 'wait' or t.queue ~= queue then
			call('ZREM', line, id) -- stands here by mistake
		elseif not offer_to(d, t, list) then
			left = left + 1
		end
	end
	if #list > 0 and #heads == HEADS then
		call('HSET', todo, queue, left)
	else
		call('HDEL', todo, queue)
	end
end

-- What this step has made possible, and what earlier ones left over.
local function drain_some(d)
	if not d.epoch then
		return
	end
	local todo = call('HGETALL', d.p .. ':todo')
	for i = 1, math.min(#todo, 2 * QUEUES), 2 do
		drain(d, todo[i], tonumber(todo[i + 1]) or 0)
	end
end

-- Takes an offer back; the ticket then stands nowhere.
local function offer_end(d, t)
	local name = t.offered
	call('ZREM', d.p .. ':offers', t.id .. ':' .. name)
	call('HDEL', agent_key(d, name) .. ':offers', t.id)
	call('HDEL', ticket_key(d, t.id), 'offered', 'held')
	t.offered, t.held = nil, nil
	if agent_settle(d, name) then
		agent_dirty(d, name)
	end
end

local function line_up(d, t)
	call('SADD', d.p .. ':queues', t.queue)
	call('ZADD', d.p .. ':line:' .. t.queue, t.score, t.id)
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
