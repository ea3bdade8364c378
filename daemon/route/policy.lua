
--[[
How a queue wants it, as PostgreSQL told: JSON
{"queue","mode","strategy","steps":[{"after",…}],"same","wrap":{},"order":[]}.

  mode       offer; assign (held for him at once, and told to the daemon);
             pull (offered to nobody: desk_next gives it to who asks)
  strategy   longest_idle, least_loaded, round_robin, best_skill, fixed_order
  steps      after so many s of waiting: {"drop":"preferred"}, {"levels":N}
             (required levels are less by N, never less than 1), {"queue":NAME}
             (agents of that queue, too), {"anyone":true} (whatever his skills)
  same       s for which the agent who had the customer before is waited for
  wrap       channel -> s
  order      agents, for fixed_order

A queue of which nothing was told offers to the longest idle.  Where no step
drops them, preferred skills only count for best_skill.
]]

local function table_of(v)
	v = member(v)
	return type(v) == 'table' and v or {}
end

local function ms_of(v)
	return math.max(0, tonumber(member(v)) or 0) * 1000
end

local function policy_step(p, s)
	local after, levels = ms_of(s.after), tonumber(member(s.levels))
	local queue = member(s.queue)
	if member(s.drop) == 'preferred' then
		p.drop = after
	elseif levels then
		p.levels[#p.levels + 1] = { after = after, by = levels }
	elseif type(queue) == 'string' and not string.find(queue, '[:|,%s]') then
		p.over[#p.over + 1] = { after = after, queue = queue }
	elseif member(s.anyone) then
		p.anyone = after
	end
end

local policy_read = remembered(function(json)
	local ok, x = pcall(cjson.decode, json)
	x = ok and table_of(x) or {}
	local p = { mode = member(x.mode) or 'offer',
	    strategy = member(x.strategy) or 'longest_idle',
	    same = ms_of(x.same), levels = {}, over = {}, wrap = {}, order = {} }
	for _, s in ipairs(table_of(x.steps)) do
		policy_step(p, table_of(s))
	end
	for channel, s in pairs(table_of(x.wrap)) do
		p.wrap[channel] = ms_of(s)
	end
	for i, name in ipairs(table_of(x.order)) do
		p.order[name] = i
	end
	return p
end)

local function policy_of(d, queue)
	local p = d.policies[queue]
	if not p then
		p = policy_read(call('GET', d.p .. ':policy:' .. queue) or '')
		d.policies[queue] = p
	end
	return p
end

-- Nothing of a paused queue is given to anybody.
local function paused(d, queue)
	local on = d.paused[queue]
	if on == nil then
		on = call('SISMEMBER', d.p .. ':paused', queue) == 1
		d.paused[queue] = on
	end
	return on
end

-- "en:2 vi bao-hanh:2?" as {name, level, preferred}, by name.
local asks_read = remembered(function(text)
	local list = {}
	for word in string.gmatch(text, '%S+') do
		local name, level, mark =
		    string.match(word, '^([^:?|,]+):?(%d*)([?]?)$')
		if name then
			list[#list + 1] = { name = name,
			    level = tonumber(level) or 1, preferred = mark ~= '' }
		end
	end
	table.sort(list, function(a, b)
		return a.name < b.name or
		    (a.name == b.name and a.level < b.level)
	end)
	return list
end)
