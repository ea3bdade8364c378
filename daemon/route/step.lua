
--[[
One step: the prefix, the time, what was read once, and what the step changed:
touched (agents to be settled), dirty (agents who can have more than before),
fresh (tickets that came to a lane), left (agents who went away), notes (what
was found out of agents).
]]
local function step(keys)
	local d = { p = keys[1], now = now_ms(), budget = BUDGET, moves = MOVES,
	    agents = {}, policies = {}, paused = {}, nobody = {}, tiers = {}, touched = {},
	    dirty = {}, fresh = {}, left = {}, assigned = {},
	    notes = {} }
	local v = call('MGET', d.p .. ':epoch', d.p .. ':layout')
	d.epoch = v[1] and v[2] == LAYOUT
	return d
end

-- The ms until an offer, a stage, a call, a wrap-up, a refusal, a grace or a
-- lease ends; 0 when the step changed none of these.
local function due(d)
	local first
	if not d.timed then
		return 0
	end
	for _, key in ipairs({ ':offers', ':stages', ':calls', ':wraps',
	    ':declines', ':losses', ':notes', ':hosts' }) do
		local at = call('ZRANGE', d.p .. key, 0, 0, 'WITHSCORES')[2]
		if at and (not first or tonumber(at) < first) then
			first = tonumber(at)
		end
	end
	return first and math.max(1, first - d.now) or -1
end

-- What is to be done in a later step, from where on; see match.lua.
local function todo_put(d, what, from)
	local key = d.p ..
	    (string.find(what, '^[pms]:') and ':upkeep' or ':todo')
	call('ZADD', key, 'NX', int(d.now), what)
	if from then
		call('HSET', key .. ':from', what, from)
	end
end

local function done(d, ...)
	local todo = d.epoch and math.min(1, call('EXISTS', d.p .. ':todo',
	    d.p .. ':upkeep')) or 0
	local ms = due(d)
	if ms ~= 0 or #d.assigned > 0 then
		todo = { todo, ms, unpack(d.assigned) }
		for _, note in ipairs(d.notes) do
			todo[#todo + 1] = note
		end
	end
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
