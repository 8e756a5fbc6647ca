-- How many machines a namespace has.
-- $1 namespace
select count(*) from machine where namespace = $1 and status <> 'DELETED'
