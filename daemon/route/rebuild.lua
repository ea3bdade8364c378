-- Rebuilding what Redis lost.

-- args: run_id of the Redis process and what the records are called.  What it
-- remembers of the time before it was started, or took over from another one,
-- may be old, and what it has of other records untrue: as good as lost.
local function desk_hello(keys, args)
	local d = step(keys)
	local epoch = call('GET', d.p .. ':epoch')
	if epoch and epoch ~= args[1] then
		call('DEL', d.p .. ':epoch')
		d.epoch = false
	end
	return done(d)
end

-- Forgets all lines and lanes; of the tickets in each line some, which stand
-- nowhere then.
local function forget_lines(d, old)
	local sets = { ':lanes:', ':owned:' }
	local queues = call('SMEMBERS', d.p .. ':queues')
	for _, q in ipairs(queues) do
		old[#old + 1] = call('ZRANGE', d.p .. ':line:' .. q, 0, 9999)
		for _, set in ipairs(sets) do
			for _, lane in ipairs(call('ZRANGE', d.p .. set .. q,
			    0, -1)) do
				call('UNLINK', d.p .. ':lane:' .. lane)
			end
		end
	end
	for _, q in ipairs(queues) do
		call('UNLINK', d.p .. ':line:' .. q, d.p .. ':idle:' .. q,
		    d.p .. sets[1] .. q, d.p .. sets[2] .. q)
	end
end

-- Forgets where everything stands.  The tickets' hashes stay for their
-- versions' sake (another generation's count for nothing) and expire.  Agents
-- come back to their pools as they are told, after the rebuild.
local function forget_places(d)
	local old = {}
	call('UNLINK', d.p .. ':offers', d.p .. ':todo', d.p .. ':todo:from',
	    d.p .. ':upkeep', d.p .. ':upkeep:from', d.p .. ':calls',
	    d.p .. ':stages', d.p .. ':wraps')
	forget_lines(d, old)
	present.forget(d)
	for _, name in ipairs(call('SMEMBERS', d.p .. ':agents')) do
		local key = agent_key(d, name)
		old[#old + 1] = call('HKEYS', key .. ':work')
		old[#old + 1] = call('HKEYS', key .. ':offers')
		call('UNLINK', key .. ':work', key .. ':offers',
		    d.p .. ':mine:' .. name)
		call('HDEL', key, 'wrap', 'version', 'gone', 'note')
		for pool in string.gmatch(agent_get(d, name).stands, '%S+') do
			call('UNLINK', d.p .. ':pool:' .. pool)
			pool_head(d, pool)
		end
		agent_get(d, name).stands = ''
		call('HSET', key, 'load', 0, 'pending', 0, 'stands', '')
	end
	for _, list in ipairs(old) do
		for _, id in ipairs(list) do
			call('HDEL', ticket_key(d, id), 'offered', 'held', 'lane')
			call('EXPIRE', ticket_key(d, id), GONE)
		end
	end
end

--[[
After a FLUSHALL the feed begins anew; in the same millisecond, or with a clock
that went back, its ids would be less than what readers have seen.  A first notice right after the
last id that the daemon knows keeps them ascending.
]]
local function feed_resume(d, last)
	local feed = d.p .. ':feed'
	local ms, n = id_parts(last)
	local top = '0-0'
	if call('EXISTS', feed) == 1 then
		top = call('XREVRANGE', feed, '+', '-', 'COUNT', 1)
		top = top[1] and top[1][1] or '0-0'
	end
	if ms >= d.now and id_less(top, last) then
		call('XADD', feed, int(ms) .. '-' .. int(n + 1), 'k', 'lost',
		    't', '', 'q', '', 'j', '{"kind":"lost"}')
	end
end

-- args: token, the token of this daemon's last try, the last feed id that it
-- has seen.  Adds 1, or 0 when no rebuild is needed or another daemon is at
-- it.  Each try has its own token: pages of an earlier one that come late are
-- refused, as they may be older than what was applied since.
local function desk_rebuild_begin(keys, args)
	local d = step(keys)
	local lock = d.p .. ':rebuild'
	if call('GET', lock) == args[2] then
		call('DEL', lock)
	end
	if d.epoch or not call('SET', lock, args[1], 'NX', 'PX', LEASE) then
		return done(d, 0)
	end
	call('INCR', d.p .. ':gen')
	forget_places(d)
	feed_resume(d, args[3])
	return done(d, 1)
end

local function rebuilding(d, token)
	if call('GET', d.p .. ':rebuild') ~= token then
		return false
	end
	call('PEXPIRE', d.p .. ':rebuild', LEASE)
	return true
end

do
	-- What a page adds to a sorted set or a hash is added in one go.
	local function gather(page, key, one, two)
		local list = page.sets[key]
		if not list then
			list = {}
			page.sets[key] = list
		end
		list[#list + 1] = one
		list[#list + 1] = two
	end

	local function flush(d, page)
		for key, list in pairs(page.sets) do
			call(page.hashes[key] and 'HSET' or 'ZADD', key,
			    unpack(list))
		end
		for lane in pairs(page.lanes) do
			lane_head(d, lane)
		end
		page.sets, page.lanes = {}, {}
	end

	-- Tickets that differ in nothing else have their lane from the first of
	-- them, as long as they have waited for it.  t: what they share.
	local function lane_shared(d, t)
		local waited = d.now - tonumber(t.since)
		if t.lane and waited >= t.from and waited < t.till then
			local set = t.set
			set[2], set[4], set[6] = t.version, t.score, t.since
			return
		end
		local next_at, from = lane_find(d, t)
		t.till = next_at and next_at - tonumber(t.since) or math.huge
		t.from = t.prefer and math.huge or from
		t.set = ticket_fields(t, 'lane', t.lane, 'stage', t.stage)
	end

	-- What place() does, of a ticket of which nothing stands here.
	local function place_new(d, t, page)
		if t.place == 'wait' then
			lane_shared(d, t)
			page.queues[t.queue] = true
			page.lanes[t.lane] = true
			gather(page, d.p .. ':line:' .. t.queue, t.score, t.id)
			gather(page, d.p .. ':lane:' .. t.lane, t.score, t.id)
			if t.till < math.huge then
				gather(page, d.p .. ':stages',
				    int(tonumber(t.since) + t.till), t.id)
				d.timed = true
			end
			call('HSET', ticket_key(d, t.id), unpack(t.set))
		elseif t.place == 'work' then
			local key = agent_key(d, t.agent) .. ':work'
			page.hashes[key] = true
			page.workers[t.agent] = true
			gather(page, key, t.id,
			    t.units .. ' ' .. (t.channel or ''))
			call('HSET', ticket_key(d, t.id),
			    unpack(ticket_fields(t)))
		end
	end

	-- In the order in which PostgreSQL writes it (apply_text()), a row begins
	-- with what is the ticket's own, and many rows end alike.
	local OWN = '^{"ticket":(%d+),"version":(%d+),"score":(%-?%d+),' ..
	    '"since":(%d+),(.+)$'

	-- The ticket of a row, nil when it cannot be read; good until the next.
	local function row_read(d, page, json, gen)
		local id, version, score, since, rest = string.match(json, OWN)
		local t = rest and page.alike[rest]
		if not t then
			local ok, x = pcall(cjson.decode, json)
			if not ok or type(x) ~= 'table' or
			    type(x.ticket) ~= 'number' or not well_formed(x) then
				return nil
			end
			t = from_apply(x, int(x.ticket), gen)
			t.since = t.since or int(d.now)
			if rest then
				page.alike[rest] = t
			end
		else
			t.id, t.version, t.score, t.since, t.left = id, version,
			    score, since, nil
		end
		return t
	end

	-- All of a page; those that were told of meanwhile, or are left of another
	-- generation, each by itself.
	local function page_place(d, args)
		local gen = generation(d)
		local page = { sets = {}, hashes = {}, lanes = {}, queues = {},
		    workers = {}, alike = {} }
		for i = 2, #args do
			local t = row_read(d, page, args[i], gen)
			if t and t.place ~= 'gone' and
			    call('EXISTS', ticket_key(d, t.id)) == 0 then
				place_new(d, t, page)
			elseif t then
				flush(d, page)
				place(d, cjson.decode(args[i]), gen)
			end
		end
		flush(d, page)
		for queue in pairs(page.queues) do
			call('SADD', d.p .. ':queues', queue)
		end
		for name in pairs(page.workers) do
			call('HSET', agent_key(d, name), 'lapses', 0)
			agent_get(d, name).got = d.now
			agent_touch(d, name)
		end
	end

	-- args: token, apply JSON, and so on; notices in them are not told.  Adds
	-- 1, or 0 when the lease was lost.
	local function desk_rebuild_page(keys, args)
		local d = step(keys)
		if not rebuilding(d, args[1]) then
			return done(d, 0)
		end
		page_place(d, args)
		decide(d)
		return done(d, 1)
	end

	redis.register_function('desk_rebuild_page', desk_rebuild_page)
end

-- args: token, as desk_hello.  From here on tickets are offered again.  Adds 1 or 0.
local function desk_rebuild_end(keys, args)
	local d = step(keys)
	if not rebuilding(d, args[1]) then
		return done(d, 0)
	end
	call('DEL', d.p .. ':rebuild')
	call('SET', d.p .. ':epoch', args[2])
	call('SET', d.p .. ':layout', LAYOUT)
	d.epoch = true
	tell(d, 'rebuilt', nil, nil, { kind = 'rebuilt' })
	for _, q in ipairs(call('SMEMBERS', d.p .. ':queues')) do
		todo_put(d, 'q:' .. q)
	end
	decide(d)
	return done(d, 1)
end

redis.register_function('desk_hello', desk_hello)
redis.register_function('desk_rebuild_begin', desk_rebuild_begin)
redis.register_function('desk_rebuild_end', desk_rebuild_end)
