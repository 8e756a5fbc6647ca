-- How many activities a namespace has.
-- $1 namespace
select count(*) from activity where namespace = $1
