-- Holds other changes of an activity's tags off until the transaction ends.
-- $1 activity
select id from activity where id = $1 for update
