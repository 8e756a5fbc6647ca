-- The executions that a map run's id may belong to: it is its execution's but for the last bits, so there is hardly ever a second one.
-- $1 home, $2 the smallest id, $3 the largest
select e.id from execution e where e.home = $1 and e.id >= $2 and e.id <= $3
