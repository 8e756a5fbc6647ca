-- A page of a map run's children of any status, or of one, newest first.
-- $1 map run, $2 ids below, $3 status or null, $4 how many
select
    e.id, e.machine, e.revision, e.name, e.status, e.owner, e.started_at, e.ended_at,
    e.redrive_count, e.redriven_at, e.map_run,
    (select m.namespace from machine m where m.id = e.machine) as namespace,
    (select m.name from machine m where m.id = e.machine) as machine_name,
    (select m.type from machine m where m.id = e.machine) as machine_type,
    null::bytea as input_hash
from execution e
where e.map_run = $1 and e.id < $2 and ($3::text is null or e.status = $3)
order by e.id desc
limit $4
