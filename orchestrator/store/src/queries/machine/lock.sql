-- Holds other updates of a machine off until the transaction ends.
-- $1 machine
select id from machine where id = $1 and status = 'ACTIVE' for update
