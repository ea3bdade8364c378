#!lua name=desk
--[[
The desk as Redis holds it: waiting lines, agents, offers, the live feed.

Every function takes the prefix of all keys, "{desk}", as its one key and is
one atomic step.  PostgreSQL is the truth: what stands here can be lost at any
moment and is then rebuilt from it (desk_rebuild_*).

  :line:QUEUE    ZSET   ticket -> score (due, ms): waits and is not offered
  :lane:LANE     ZSET   the same tickets by what they need: see lanes.lua
  :t:ID          HASH   version gen place queue score units channel skills
                        since prefer left agent offer offered held declined
                        lane stage why conversation
  :stages        ZSET   ticket -> when waiting changes what it needs (ms)
  :agents        SET    all agents known
  :a:NAME        HASH   state capacity load pending queues skills limits since
                        reason got lapses wrap stands turn.QUEUE version
                        gone note (see present.lua)
  :a:NAME:work   HASH   ticket -> "units channel": what he works on; c:CALL: the
                        call that he is talking in; w:...: what he wraps up
  :a:NAME:offers HASH   ticket -> "units channel": what is offered to him
  :pool:POOL     ZSET   agents who can have the same: see agents.lua
  :c:CALL        HASH   version gen agent queue units (as a ticket's)
  :calls         ZSET   call -> when it no longer counts, told or not (ms)
  :wraps         ZSET   "NAME|w:..." -> when the wrap-up ends (ms)
  :offers        ZSET   ticket:agent -> expiry (ms)
  :declines      ZSET   ticket:agent -> until when it is not his (ms)
  :queues        SET    all queues known
  :policy:QUEUE  STRING how the queue wants it: see policy.lua
  :paused        SET    queues whose tickets are not offered
  :todo, :upkeep ZSET   work that a bounded step left over, since when (ms);
                        …:from HASH: from where on; see match.lua
  :feed          STREAM k (kind) t (ticket) q (queue) j (the notice as JSON)
  :applied       ZSET   outbox id -> when (ms), the last ten minutes
  :epoch         STRING the Redis process (run_id) that was last rebuilt, and
                        from which records; missing, or others: Redis was lost
  :layout        STRING of what stands here; another library's is rebuilt
  :gen           STRING counts rebuilds: a ticket's version holds within one
  :rebuild       STRING token of the daemon that rebuilds; expires

What visitors need besides stands in visits.lua, who is connected in present.lua.

A waiting ticket stands in exactly one place: its queue's line and one lane of
it, or :offers.  What fits is offered at once, so that between two steps no
ticket waits that a ready agent could have had; a step therefore only looks at
what it changed: a ticket that came to a lane against the pools of agents, an
agent who gained room against the lanes.  A look is at the heads of lanes and
pools, never at all tickets or agents; a step is bounded, the rest stands in
:todo, and desk_drain goes on with it.

Every reply begins with: is the epoch there (1, 0); is there work left (1, 0),
or a list: that, the ms until time alone changes something (0: unchanged, -1:
nothing will), then ticket and agent of each that a queue assigns by itself,
then {agent, note, version} of each of whom something was found out.
]]

local BUDGET = 64          -- offers in one step
local MOVES = 256          -- tickets looked at anew before that
local HEADS = 64           -- looked at in one go, of what time ends
local PAGE = 32            -- of lanes or pools, read at once
local CHAIN = 8            -- from ticket to agent to ticket: see match.lua
local KEPT = 4096          -- texts whose meaning is remembered
local LAPSES = 2           -- offers not answered in a row: the agent is away
local HOLD = 10000         -- ms between accept and PostgreSQL's word
local DECLINED = 300000    -- ms in which a declined ticket is not offered again
local APPLIED = 600000     -- ms in which an outbox id is known
local GONE = 3600          -- s for which a ticket's version is remembered
local LEASE = 4000         -- ms of a rebuild's lease, from its last step
local FEED = 100000        -- notices kept, about
local OFFER = 30           -- s, when the queue says nothing
local LEVEL = 3            -- of a skill that an agent has, when nothing is said
local LAYOUT = '2'
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

-- What was made of a text, kept from step to step: for what only the text
-- decides.
local function remembered(make)
	local kept, n = {}, 0
	return function(text)
		local v = kept[text]
		if v == nil then
			if n >= KEPT then
				kept, n = {}, 0
			end
			v = make(text)
			kept[text] = v
			n = n + 1
		end
		return v
	end
end
