--[[
Visitors: who has a page open where, what they missed, who is typing, and how
many stand before them.

  :here:DAEMON  SET    conversations with a stream at that daemon
  :daemons      ZSET   daemon -> when it counts as dead (ms): one write a
                       daemon and tick, however many visitors it has
  :daemons:new  SET    those of which only this is known: who came or left since
                       Redis was emptied
  :left         ZSET   conversation -> when its last page closed (ms)
  :talk:UUID    STREAM what was told of a conversation, as in :feed and by the
                       same ids: who resumes reads his own, not everybody's
  :brief        STREAM what is only worth telling now (typing); no history
  :typing:…     STRING set while a typing was just told

A daemon that dies leaves its set behind; any other one's tick finds it.
]]

local TAKE = 256           -- taken over, or told, in one step
local BRIEF = 1000         -- typings kept, for followers a moment behind
local BRIEF_S = 60
local TYPING = 1500        -- ms in which the same side is told once

local function held_elsewhere(d, name, conversation)
	for _, other in ipairs(call('ZRANGEBYSCORE', d.p .. ':daemons',
	    '(' .. int(d.now), '+inf')) do
		if other ~= name and call('SISMEMBER', d.p .. ':here:' .. other,
		    conversation) == 1 then
			return true
		end
	end
	return false
end

-- args: daemon, lease (ms), 1 (came) or 0 (left), conversations.
local function desk_visits(keys, args)
	local d = step(keys)
	local name, here = args[1], d.p .. ':here:' .. args[1]
	if call('ZADD', d.p .. ':daemons', int(d.now + args[2]), name) == 1 then
		call('SADD', d.p .. ':daemons:new', name)
	end
	for i = 4, #args do
		if args[3] == '1' then
			call('SADD', here, args[i])
			call('ZREM', d.p .. ':left', args[i])
		else
			call('SREM', here, args[i])
			if not held_elsewhere(d, name, args[i]) then
				call('ZADD', d.p .. ':left', 'NX', int(d.now),
				    args[i])
			end
		end
	end
	return done(d)
end

-- Takes over from one daemon that has not renewed its lease.
local function bury_daemon(d)
	local name = call('ZRANGEBYSCORE', d.p .. ':daemons', '-inf',
	    int(d.now), 'LIMIT', 0, 1)[1]
	if not name then
		return
	end
	local here = d.p .. ':here:' .. name
	for _, c in ipairs(call('SPOP', here, TAKE)) do
		if not held_elsewhere(d, name, c) then
			call('ZADD', d.p .. ':left', 'NX', int(d.now), c)
		end
	end
	if call('EXISTS', here) == 0 then
		call('ZREM', d.p .. ':daemons', name)
		call('SREM', d.p .. ':daemons:new', name)
	end
end

-- args: daemon, lease (ms), grace (ms).  Adds: was this daemon known (1, 0: it
-- must say anew who is with it); of those who left longer ago than the grace
-- some, each with when.
local function desk_visits_tick(keys, args)
	local d = step(keys)
	local daemons = d.p .. ':daemons'
	local known = call('SREM', d.p .. ':daemons:new', args[1]) == 0 and
	    call('ZSCORE', daemons, args[1]) and 1 or 0
	call('ZADD', daemons, int(d.now + args[2]), args[1])
	bury_daemon(d)
	local due = call('ZRANGEBYSCORE', d.p .. ':left', '-inf',
	    int(d.now - args[3]), 'WITHSCORES', 'LIMIT', 0, TAKE)
	local out = {}
	for i = 1, #due, 2 do
		out[#out + 1] = { due[i], int(tonumber(due[i + 1])) }
	end
	return done(d, known, out)
end

-- args: conversations that are on record as gone.  Adds those that have come
-- back meanwhile.
local function desk_visits_gone(keys, args)
	local d = step(keys)
	local back = {}
	for _, c in ipairs(args) do
		if call('ZREM', d.p .. ':left', c) == 0 and
		    held_elsewhere(d, '', c) then
			back[#back + 1] = { c }
		end
	end
	return done(d, back)
end

--[[
args: ticket, who types (visitor or agent), his shown name, the agent's login
where it is one who may type only where he serves (else '').  Adds 1, or 0 when
there is nobody to tell, or he may not.
]]
local function desk_typing(keys, args)
	local d = step(keys)
	local t = ticket_get(d, args[1])
	if not t or not t.conversation then
		return done(d, 0)
	end
	if args[4] ~= '' and t.agent ~= args[4] and
	    not agent_get(d, args[4]).serves[t.queue] then
		return done(d, 0)
	end
	if not call('SET', d.p .. ':typing:' .. t.conversation .. ':' ..
	    args[2], 1, 'PX', TYPING, 'NX') then
		return done(d, 1)
	end
	local brief = d.p .. ':brief'
	call('XADD', brief, 'MAXLEN', '~', BRIEF, '*', 'k', 'typing', 't',
	    args[1], 'q', t.queue, 'j', cjson.encode({ kind = 'typing',
	    ticket = tonumber(args[1]), queue = t.queue,
	    conversation = t.conversation, assignee = t.agent,
	    from = args[2], who = args[3] ~= '' and args[3] or nil }))
	call('EXPIRE', brief, BRIEF_S)
	return done(d, 1)
end

-- args: tickets.  Adds, for each: ticket, queue, how many stand before it in
-- its line (-1: it does not wait).
local function desk_places(keys, args)
	local d = step(keys)
	local out = {}
	for _, id in ipairs(args) do
		local v = call('HMGET', ticket_key(d, id), 'place', 'queue',
		    'offered')
		local ahead = -1
		if v[1] == 'wait' then
			ahead = v[3] and 0 or call('ZRANK', d.p .. ':line:' ..
			    v[2], id) or -1
		end
		out[#out + 1] = { id, v[2] or '', ahead }
	end
	return done(d, out)
end

--[[
args: conversation, after ("$": only what is last), count.  Adds what desk_feed
adds, of this conversation.  Its own stream expires; who was away longer than
that has a gap.
]]
local function desk_talk(keys, args)
	local d = step(keys)
	local feed, key = d.p .. ':feed', d.p .. ':talk:' .. args[1]
	local after, last, rows = args[2], '0-0', {}
	if call('EXISTS', feed) == 1 then
		last = stream_info(feed)['last-generated-id']
	end
	if after == '$' then
		return done(d, 0, last, {})
	end
	local gap = after ~= '0' and (id_less(last, after) or
	    d.now - id_parts(after) > TALK_S * 1000)
	if call('EXISTS', key) == 1 then
		local info = stream_info(key)
		rows = call('XRANGE', key, '(' .. after, '+', 'COUNT', args[3])
		gap = gap or (after ~= '0' and
		    tonumber(info['entries-added']) > tonumber(info['length']) and
		    info['first-entry'] and
		    id_less(after, info['first-entry'][1]))
	end
	if #rows == tonumber(args[3]) then
		last = rows[#rows][1]
	end
	return done(d, gap and 1 or 0, last, rows)
end

redis.register_function('desk_visits', desk_visits)
redis.register_function('desk_visits_tick', desk_visits_tick)
redis.register_function('desk_visits_gone', desk_visits_gone)
redis.register_function('desk_typing', desk_typing)
redis.register_function{ function_name = 'desk_places', callback = desk_places,
    flags = { 'no-writes' } }
redis.register_function{ function_name = 'desk_talk', callback = desk_talk,
    flags = { 'no-writes' } }
