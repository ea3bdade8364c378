-- What a supervisor says to an agent: a sentence that comes up in his client.
-- It is kept in the audit, and nowhere else.

-- AGENT.MESSAGE: {"agent","state"}: as he is now, so that who says it knows
-- whether he can have read it.
CREATE OR REPLACE FUNCTION desk.agent_message(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	a	desk.agent := desk.agent_named(args->>'agent', 'agent');
BEGIN
	PERFORM desk.must_say(args);
	PERFORM desk.audit_put(caller, 'agent.message', a.name, 'done',
	    jsonb_build_object('text', args->>'text'));
	PERFORM desk.outbox_put(NULL, jsonb_build_object('kind', 'told',
	    'agents', jsonb_build_array(a.name),
	    'who', desk.caller_shown(caller), 'text', args->>'text'));
	RETURN jsonb_build_object('agent', a.name, 'state', a.presence);
END;
$$;
