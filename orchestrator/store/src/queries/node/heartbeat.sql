-- Raises a node's counter and reads the others'; one row without a peer where there are none.
-- $1 node
with beat as (
    update node set counter = counter + 1, beaten_at = clock_timestamp()
    where id = $1 and state = 'ALIVE'
    returning id
)
select
    clock_timestamp() as database_now, exists (select from beat) as alive,
    peer.id, peer.address, peer.counter, peer.level, peer.state
from (values (true)) as always (row)
left join node as peer on peer.id <> $1
order by peer.id
