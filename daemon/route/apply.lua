-- Applying: a ticket moves to where PostgreSQL has it, and its notice is told.

-- Takes a ticket from wherever it stands.
local function ticket_out(d, t, keep_offer)
	if t.offered and not keep_offer then
		if t.offered ~= t.next_agent then
			tell_offer(d, 'withdrawn', t.id, t.offered, t.queue)
		end
		offer_end(d, t)
	end
	if t.place == 'wait' then
		line_out(d, t)
	elseif t.place == 'work' and t.agent then
		call('HDEL', agent_key(d, t.agent) .. ':work', t.id)
		if t.counts and t.agent ~= t.next_agent and t.channel and
		    t.channel ~= 'call' then
			wrap_begin(d, t.agent, t.id, t.queue,
			    t.units .. ' ' .. t.channel)
		end
		agent_touch(d, t.agent)
	end
end

-- Puts it where PostgreSQL has it.
local function ticket_in(d, t, keep_offer, was_his)
	if t.place == 'wait' and not keep_offer then
		line_up(d, t)
	elseif t.place == 'work' then
		local work = agent_key(d, t.agent) .. ':work'
		call('HSET', work, t.id, t.units .. ' ' .. (t.channel or ''))
		call('HDEL', work, 'w:' .. t.id)
		agent_touch(d, t.agent)
		if not was_his then
			call('HSET', agent_key(d, t.agent), 'lapses', 0)
			agent_get(d, t.agent).got = d.now
		end
	end
end

local function from_apply(x, id, gen)
	local skills = member(x.skills) or {}
	local channel = string.match(tostring(member(x.channel)), '^[%w_-]+$')
	local since = tonumber(member(x.since))
	return { id = id, gen = gen, version = int(x.version),
	    place = x.place, queue = x.queue,
	    score = int(tonumber(member(x.score)) or 0),
	    units = int(tonumber(member(x.units)) or 0),
	    skills = table.concat(skills, ' '), agent = member(x.agent),
	    offer = int(tonumber(member(x.offer)) or OFFER),
	    channel = member(x.channel) and channel, prefer = member(x.prefer),
	    since = since and int(since),
	    conversation = member(x.conversation) }
end

-- (Names of queues and agents are parts of keys and of lanes' names.)
local function name_well_formed(name)
	return type(name) == 'string' and not string.find(name, '[:|,%s]')
end

local function well_formed(x)
	local prefer = member(x.prefer)
	return type(x.version) == 'number' and name_well_formed(x.queue) and
	    (not prefer or name_well_formed(prefer)) and
	    (x.place == 'wait' or x.place == 'gone' or
	    (x.place == 'work' and name_well_formed(member(x.agent))))
end

local OPTIONAL = { 'conversation', 'channel', 'prefer', 'left', 'agent' }

-- Its hash, as HSET takes it: first what is each ticket's own.
local function ticket_fields(t, ...)
	local set = { 'version', t.version, 'score', t.score, 'since', t.since,
	    'gen', t.gen, 'place', t.place, 'queue', t.queue, 'units', t.units,
	    'skills', t.skills, 'offer', t.offer, ... }
	for _, field in ipairs(OPTIONAL) do
		if t[field] then
			set[#set + 1] = field
			set[#set + 1] = t[field]
		end
	end
	return set
end

local function ticket_write(d, t, old)
	local key = ticket_key(d, t.id)
	for _, field in ipairs(OPTIONAL) do
		if old and old[field] and not t[field] then
			call('HDEL', key, field)
		end
	end
	call('HSET', key, unpack(ticket_fields(t)))
	if t.place == 'gone' then
		call('EXPIRE', key, GONE)
	elseif old then
		call('PERSIST', key)
	end
end

--[[
Moves a ticket to where an apply has it, unless Redis has seen a newer one.  A
ticket that waits on, in the same queue, keeps the offer under way.
]]
local function place(d, x, gen)
	local id = int(x.ticket)
	local old = ticket_get(d, id)
	local t = from_apply(x, id, gen)
	if old and old.gen == gen and
	    tonumber(old.version) >= tonumber(t.version) then
		return
	end
	local on = old and old.gen == gen and old.place == 'wait' and
	    t.place == 'wait' and old.queue == t.queue
	local keep = on and old.offered and old.skills == t.skills and
	    old.units == t.units and old.channel == t.channel
	t.conversation = t.conversation or old and old.conversation
	t.since = t.since or on and old.since or int(d.now)
	t.left = old and old.left
	if old then
		old.next_agent = t.place == 'work' and t.agent or nil
		old.counts = old.gen == gen
		ticket_out(d, old, keep)
	end
	ticket_write(d, t, old)
	ticket_in(d, t, keep, old and old.place == 'work' and
	    old.agent == t.agent)
end

-- What a visitor is told is also kept for him alone, under the same id: when he
-- resumes, nobody else's notices are read for it.
local SAID = { event = true, seen = true, ended = true }

local function tell_talk(d, id, feed, known)
	local conversation = member(feed.conversation)
	if type(conversation) ~= 'string' or not SAID[feed.kind] or
	    (feed.kind == 'event' and (feed.channel ~= 'chat' or
	    feed.direction == 'own')) then
		return
	end
	local key = d.p .. ':talk:' .. conversation
	call('XADD', key, 'MAXLEN', TALK, id, 'k', feed.kind, 't', known,
	    'q', '', 'j', cjson.encode(feed))
	call('EXPIRE', key, TALK_S)
end

local function tell_feed(d, feed, ticket, queue)
	if type(feed) ~= 'table' then
		return
	end
	local known = ticket and int(ticket) or ''
	local id = tell(d, tostring(member(feed.kind) or ''), known,
	    tostring(member(feed.queue) or queue or ''), feed)
	tell_talk(d, id, feed, known)
end

local function apply_one(d, json, gen)
	local ok, x = pcall(cjson.decode, json)
	if not ok or type(x) ~= 'table' then
		return false
	end
	local known = member(x.ticket)
	local on_phone = member(x.call)
	if known and not (type(known) == 'number' and well_formed(x)) or
	    on_phone and not call_well_formed(on_phone) then
		return false
	end
	-- First the call: whoever talks is not the one to be offered what
	-- comes with it.
	if on_phone then
		call_place(d, on_phone, gen, known and x.queue)
	end
	if known then
		place(d, x, gen)
	end
	tell_feed(d, member(x.feed), known, member(x.queue))
	if on_phone then
		tell_feed(d, member(on_phone.feed), known, member(x.queue))
	end
	return true
end

local function generation(d)
	return call('GET', d.p .. ':gen') or '0'
end

-- args: outbox id, apply JSON, and so on.  Adds: how many were unreadable.
local function desk_apply(keys, args)
	local d = step(keys)
	local applied, bad = d.p .. ':applied', 0
	local gen = generation(d)
	call('ZREMRANGEBYSCORE', applied, '-inf', int(d.now - APPLIED))
	for i = 1, #args, 2 do
		if args[i] == '0' or
		    call('ZADD', applied, 'NX', int(d.now), args[i]) == 1 then
			local ran, good = pcall(apply_one, d, args[i + 1], gen)
			if not (ran and good) then
				bad = bad + 1
			end
		end
	end
	decide(d)
	return done(d, bad)
end

redis.register_function('desk_apply', desk_apply)
