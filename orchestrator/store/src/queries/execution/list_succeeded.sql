-- A page of executions that have succeeded, newest first: the newest of each machine, and of those the newest. Each machine costs
-- one look into an index that begins with it; an index by namespace would cost every start a write.
-- $1 namespace, $2 machine or null, $3 ids below, $4 ids from, $5 started from or null, $6 started before or null, $7 how many
-- $8 version that they were started on or null, $9 alias that they were started by or null
select
    e.id, e.machine, e.revision, e.name, e.status, e.owner, e.started_at, e.ended_at,
    e.redrive_count, e.redriven_at, e.map_run, e.item_count, e.version, e.alias,
    (select m.namespace from machine m where m.id = e.machine) as namespace,
    (select m.name from machine m where m.id = e.machine) as machine_name,
    (select m.type from machine m where m.id = e.machine) as machine_type,
    null::bytea as input_hash
from machine
cross join lateral (
    select *
    from execution e
    where e.machine = machine.id and e.map_run is null
        and ($8::bigint is null or e.version = $8) and ($9::text is null or e.alias = $9)
        and e.status = 'SUCCEEDED'
        and e.id < $3 and e.id >= $4
        and ($5::timestamptz is null or e.started_at >= $5)
        and ($6::timestamptz is null or e.started_at < $6)
    order by e.id desc
    limit $7
) as e
where machine.namespace = $1 and ($2::bigint is null or machine.id = $2)
order by e.id desc
limit $7
