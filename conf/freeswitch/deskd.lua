-- FreeSWITCH tells deskd of calls as they happen.  Put this file into the
-- scripts' directory, load mod_lua and mod_curl, and hook the events in
-- autoload_configs/lua.conf.xml:
--
--	<hook event="CHANNEL_CREATE" script="deskd.lua"/>
--	<hook event="CHANNEL_ANSWER" script="deskd.lua"/>
--	<hook event="CHANNEL_BRIDGE" script="deskd.lua"/>
--	<hook event="CHANNEL_HANGUP_COMPLETE" script="deskd.lua"/>
--
-- An event is posted once and not again: let mod_json_cdr post to the same
-- address too.  It keeps its records while deskd is away, and deskd joins both
-- by the call's id.
--
-- desk.conf:	source "freeswitch" { form = "freeswitch" trust = {"127.0.0.1"} }

local url = "http://127.0.0.1:8080/hooks/freeswitch"
local body = event:serialize("json")

freeswitch.API():execute("curl",
    url .. " content-type application/json timeout 3 post " .. body)
