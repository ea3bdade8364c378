-- A caller was said to have left, and had not: which event told so.  (Before,
-- abandoned_by became 0.)
ALTER TABLE desk.call ADD unsaid_by bigint;
