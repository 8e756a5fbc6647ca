-- Takes the oldest executions of a node that is gone; two claimers get different ones. Fenced like any write.
-- $1 node, $2 lane, $3 epoch of the claimer, $4 the node that is gone, $5 how many at most
with standing as materialized (
    select node from fence where node = $1 and lane = $2 and epoch = $3 for share
),
found as materialized (
    select e.home, e.id
    from execution e
    where e.owner = $4
        and exists (select from standing)
        and exists (select from node where id = $4 and state <> 'ALIVE')
    order by e.id
    limit $5
    for update of e skip locked
)
update execution e
set owner = $1
from found
where e.home = found.home and e.id = found.id
returning e.id
