-- A list's total is counted from its page on (sql/functions/ticket_list.sql).
DROP FUNCTION IF EXISTS desk.ticket_total(desk.list_filter, text);
