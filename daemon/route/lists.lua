-- What is looked at only: these answer from a replica and when memory is full.

-- Adds, for each queue: name, waiting, offered, least score, paused.
local function desk_depths(keys)
	local d = step(keys)
	local out, offers = {}, {}
	for _, m in ipairs(call('ZRANGE', d.p .. ':offers', 0, 999)) do
		local q = call('HGET', ticket_key(d, string.match(m, '^%d+')),
		    'queue')
		if q then
			offers[q] = (offers[q] or 0) + 1
		end
	end
	for _, q in ipairs(call('SMEMBERS', d.p .. ':queues')) do
		local line = d.p .. ':line:' .. q
		local head = call('ZRANGE', line, 0, 0, 'WITHSCORES')
		out[#out + 1] = { q, call('ZCARD', line), offers[q] or 0,
		    int(tonumber(head[2]) or 0),
		    call('SISMEMBER', d.p .. ':paused', q) }
	end
	return done(d, out)
end

-- Adds, for each agent: name, state, queues, skills, reason, capacity, load,
-- pending, since, wrap (until when, ms; 0: none).
local function desk_agents(keys)
	local d = step(keys)
	local out = {}
	for _, name in ipairs(call('SMEMBERS', d.p .. ':agents')) do
		local v = call('HMGET', agent_key(d, name), 'state', 'queues',
		    'skills', 'reason', 'capacity', 'load', 'pending', 'since',
		    'wrap')
		local row = { name }
		for i = 1, 9 do
			row[i + 1] = v[i] or (i <= 4 and '' or '0')
		end
		if tonumber(row[10]) <= d.now then
			row[10] = '0'
		end
		out[#out + 1] = row
	end
	return done(d, out)
end

-- args: agent.  Adds, for each offer: ticket, queue, expiry, held, seconds, why
-- (why_of(), JSON).
local function desk_offers(keys, args)
	local d = step(keys)
	local out, key = {}, agent_key(d, args[1]) .. ':offers'
	for _, id in ipairs(call('HKEYS', key)) do
		local t = ticket_get(d, id)
		local at = call('ZSCORE', d.p .. ':offers', id .. ':' .. args[1])
		if t and at then
			out[#out + 1] = { id, t.queue, int(tonumber(at)),
			    t.held and 1 or 0, t.offer or int(OFFER),
			    t.why or '' }
		end
	end
	return done(d, out)
end

-- Compares ids of a stream; they are "ms" or "ms-n".
local function id_parts(id)
	local ms, n = string.match(id, '^(%d+)-?(%d*)$')
	return tonumber(ms) or 0, tonumber(n) or 0
end

local function id_less(a, b)
	local am, an = id_parts(a)
	local bm, bn = id_parts(b)
	return am < bm or (am == bm and an < bn)
end

local function stream_info(key)
	local x = call('XINFO', 'STREAM', key)
	local info = {}
	for i = 1, #x, 2 do
		info[x[i]] = x[i + 1]
	end
	return info
end

local function turned(rows)
	local back = {}
	for i = #rows, 1, -1 do
		back[#back + 1] = rows[i]
	end
	return back
end

--[[
args: after ("$": only what is last), count, 1: the newest of them instead of
the oldest.  Adds: gap (1, 0), last id, and
for each notice its id and fields.  A gap: `after' is older than the oldest
kept although some were dropped, or newer than all there ever were.
]]
local function desk_feed(keys, args)
	local d = step(keys)
	local feed, after = d.p .. ':feed', args[1]
	if call('EXISTS', feed) == 0 then
		local from = (after == '$' or after == '0') and '0-0' or after
		return done(d, from == '0-0' and 0 or 1, '0-0', {})
	end
	local info = stream_info(feed)
	local last = info['last-generated-id']
	if after == '$' then
		return done(d, 0, last, {})
	end
	local rows
	if args[3] == '1' then
		rows = turned(call('XREVRANGE', feed, '+', '(' .. after,
		    'COUNT', args[2]))
	else
		rows = call('XRANGE', feed, '(' .. after, '+', 'COUNT', args[2])
	end
	local first = info['first-entry']
	local dropped = tonumber(info['entries-added']) >
	    tonumber(info['length'])
	local gap = id_less(last, after) or (after ~= '0' and dropped and
	    first and id_less(after, first[1]))
	if #rows > 0 then
		last = rows[#rows][1]
	end
	return done(d, gap and 1 or 0, last, rows)
end

-- Takes notices about customers out of the feed: of the `count' notices after
-- an id.  args: after, count, customer ...; the reply: where it stopped, '' at
-- the feed's end.
local function desk_forget(keys, args)
	local d = step(keys)
	local feed, gone, last = d.p .. ':feed', {}, ''
	for i = 3, #args do
		gone[args[i]] = true
	end
	local rows = call('XRANGE', feed, '(' .. args[1], '+', 'COUNT', args[2])
	for _, row in ipairs(rows) do
		last = row[1]
		for i = 1, #row[2], 2 do
			local of = row[2][i] == 'j' and
			    string.match(row[2][i + 1], '"customer":(%d+)')
			if of and gone[of] then
				call('XDEL', feed, last)
				break
			end
		end
	end
	return done(d, #rows < tonumber(args[2]) and '' or last)
end

redis.register_function('desk_forget', desk_forget)
redis.register_function{ function_name = 'desk_depths', callback = desk_depths,
    flags = { 'no-writes' } }
redis.register_function{ function_name = 'desk_agents', callback = desk_agents,
    flags = { 'no-writes' } }
redis.register_function{ function_name = 'desk_offers', callback = desk_offers,
    flags = { 'no-writes' } }
redis.register_function{ function_name = 'desk_feed', callback = desk_feed,
    flags = { 'no-writes' } }
