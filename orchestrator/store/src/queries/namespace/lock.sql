-- Holds other creations under a limit off until the transaction ends.
-- $1 namespace
select id from namespace where id = $1 for no key update
