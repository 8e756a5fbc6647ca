-- Gives a lease up in order: kills the node's fences, waiting for its commits in flight.
-- $1 node
with gone as (
    update node set state = 'LEFT', ended_at = clock_timestamp() where id = $1 and state = 'ALIVE' returning id
)
delete from fence using gone where fence.node = gone.id
