
--[[
Who has a connection that hears of offers, at which daemon, and what is found
out of agents here that PostgreSQL does not know yet.

  :hosts        ZSET   daemon -> when it counts as dead (ms)
  :on:DAEMON    SET    agents with a connection there
  :grace        STRING ms for which who has lost his last one is waited for
  :losses       ZSET   agent -> when that is over (ms)
  :notes        ZSET   agent -> when what was found out is told once more (ms)
  :a:NAME              version (of his presence in PostgreSQL), gone (his
                       connection is lost), note (what was found out)

Who was found out to be away, lost or back (note) is named in the step's reply:
the daemon that ran it has PostgreSQL note it, whose answer is his presence from
then on, told by desk_agent.  A note whose daemon died is told once more.  All
are about one version: what was found out of a presence that is over by then
changes nothing.
]]
local present = {}
do
	local NOTE = 5000          -- ms in which a daemon has it on record
	local AGAIN = 1000         -- ms until a loss is looked at once more
	local KEPT_S = 86400       -- s for which a daemon's set is, unattended
	local BURY = 256           -- agents of a dead daemon, in one step

	local function elsewhere(d, host, name)
		for _, other in ipairs(call('ZRANGEBYSCORE', d.p .. ':hosts',
		    '(' .. int(d.now), '+inf')) do
			if other ~= host and call('SISMEMBER', d.p .. ':on:' ..
			    other, name) == 1 then
				return true
			end
		end
		return false
	end

	local function hand(d, name, note, version)
		call('ZADD', d.p .. ':notes', int(d.now + NOTE), name)
		d.notes[#d.notes + 1] = { name, note, version }
		d.timed = true
	end

	-- note: away, lost, back.  Nothing of whom PostgreSQL has told nothing.
	function present.note(d, name, note)
		local version = call('HGET', agent_key(d, name), 'version')
		if version then
			call('HSET', agent_key(d, name), 'note', note)
			hand(d, name, note, version)
		end
	end

	--[[
	PostgreSQL has told his presence of that version.  Whether it is news: not
	when something newer was told, or found out of the very same.
	]]
	function present.heard(d, name, version, gone, said)
		local key = agent_key(d, name)
		local v = call('HMGET', key, 'version', 'note')
		local known = tonumber(v[1])
		if not version then
			return true
		elseif known and (version < known or
		    (version == known and v[2])) then
			return false
		end
		call('HDEL', key, 'note', 'gone')
		call('ZREM', d.p .. ':notes', name)
		call('HSET', key, 'version', int(version))
		if said then
			call('ZREM', d.p .. ':losses', name)
		end
		if gone then
			call('HSET', key, 'gone', 1)
			if elsewhere(d, nil, name) then
				present.note(d, name, 'back')
			end
		end
		d.timed = true
		return true
	end

	local function come(d, name)
		local key = agent_key(d, name)
		if call('ZREM', d.p .. ':losses', name) == 1 then
			d.timed = true
		end
		if call('HGET', key, 'gone') and
		    call('HGET', key, 'note') ~= 'back' then
			present.note(d, name, 'back')
		end
	end

	local function leave(d, host, name)
		local grace = tonumber(call('GET', d.p .. ':grace')) or 0
		if grace > 0 and not elsewhere(d, host, name) then
			call('ZADD', d.p .. ':losses', 'NX',
			    int(d.now + grace), name)
			d.timed = true
		end
	end

	-- Takes over from one daemon that has not renewed its lease.
	local function bury(d)
		local host = call('ZRANGEBYSCORE', d.p .. ':hosts', '-inf',
		    int(d.now), 'LIMIT', 0, 1)[1]
		if not host then
			return
		end
		for _, name in ipairs(call('SPOP', d.p .. ':on:' .. host,
		    BURY)) do
			leave(d, host, name)
		end
		if call('EXISTS', d.p .. ':on:' .. host) == 0 then
			call('ZREM', d.p .. ':hosts', host)
		end
	end

	--[[
	What time has ended: daemons' leases, graces, and notes that are told once
	more.  Gives who has lost his connection just now.  Who is offline has not:
	he left.  One thing at a time: while PostgreSQL does not know what was found
	out of him last, his grace goes on.
	]]
	function present.pass(d)
		local lost = {}
		bury(d)
		for _, name in ipairs(call('ZRANGEBYSCORE', d.p .. ':losses',
		    '-inf', int(d.now), 'LIMIT', 0, HEADS)) do
			local key = agent_key(d, name)
			local v = call('HMGET', key, 'state', 'note')
			call('ZREM', d.p .. ':losses', name)
			if v[2] then
				call('ZADD', d.p .. ':losses',
				    int(d.now + AGAIN), name)
			elseif v[1] and v[1] ~= 'offline' and
			    not elsewhere(d, nil, name) then
				call('HSET', key, 'gone', 1)
				present.note(d, name, 'lost')
				lost[#lost + 1] = name
			end
		end
		for _, name in ipairs(call('ZRANGEBYSCORE', d.p .. ':notes',
		    '-inf', int(d.now), 'LIMIT', 0, HEADS)) do
			local v = call('HMGET', agent_key(d, name), 'note',
			    'version')
			if v[1] and v[2] then
				hand(d, name, v[1], v[2])
			else
				call('ZREM', d.p .. ':notes', name)
			end
		end
		return lost
	end

	-- Redis is rebuilt: PostgreSQL knows better what he is, and the daemons
	-- who is with them.
	function present.forget(d)
		call('UNLINK', d.p .. ':hosts', d.p .. ':losses',
		    d.p .. ':notes')
	end

	local function renew(d, host, lease, grace)
		local known = call('ZSCORE', d.p .. ':hosts', host)
		call('ZADD', d.p .. ':hosts', int(d.now + lease), host)
		call('SET', d.p .. ':grace', grace)
		call('EXPIRE', d.p .. ':on:' .. host, KEPT_S)
		d.timed = true
		return known and 1 or 0
	end

	-- args: daemon, lease (ms), grace (ms; 0: who loses his connection stays
	-- as he is), 1 (have one there now) or 0 (none any more), agents.  Adds: was
	-- this daemon known (1, 0: it must say anew who is with it).
	local function desk_present(keys, args)
		local d = step(keys)
		local host, on = args[1], d.p .. ':on:' .. args[1]
		for i = 5, #args do
			if args[4] == '1' then
				call('SADD', on, args[i])
				come(d, args[i])
			else
				call('SREM', on, args[i])
				leave(d, host, args[i])
			end
		end
		return done(d, renew(d, host, args[2], args[3]))
	end

	-- args: daemon, lease (ms), grace (ms), the name that it has given up (or
	-- ""): whoever is with it, it says anew.  Adds: was it known.
	local function desk_present_lease(keys, args)
		local d = step(keys)
		if (args[4] or '') ~= '' then
			call('ZREM', d.p .. ':hosts', args[4])
			call('UNLINK', d.p .. ':on:' .. args[4])
		end
		return done(d, renew(d, args[1], args[2], args[3]))
	end

	redis.register_function('desk_present', desk_present)
	redis.register_function('desk_present_lease', desk_present_lease)
end
