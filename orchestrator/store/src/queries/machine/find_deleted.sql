-- The deleted machines that held a name, the last one first.
-- $1 namespace, $2 name, $3 rows at most
select id from machine where namespace = $1 and name = $2 and status = 'DELETED' order by id desc limit $3
