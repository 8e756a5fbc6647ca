-- A page of a map run's children of any status, or of one, newest first.
-- $1 map run, $2 ids below, $3 ids from, $4 started from or null, $5 started before or null, $6 status or null, $7 how many
-- $8 whether they were redriven, or null
select
    e.id, e.machine, e.revision, e.name, e.status, e.owner, e.started_at, e.ended_at,
    e.redrive_count, e.redriven_at, e.map_run, e.item_count, e.version, e.alias,
    (select m.namespace from machine m where m.id = e.machine) as namespace,
    (select m.name from machine m where m.id = e.machine) as machine_name,
    (select m.type from machine m where m.id = e.machine) as machine_type,
    null::bytea as input_hash
from execution e
where e.map_run = $1 and e.id < $2 and e.id >= $3
    and ($4::timestamptz is null or e.started_at >= $4)
    and ($5::timestamptz is null or e.started_at < $5)
    and ($6::text is null or e.status = $6)
    and ($8::boolean is null or (e.redrive_count is not null) = $8)
order by e.id desc
limit $7
