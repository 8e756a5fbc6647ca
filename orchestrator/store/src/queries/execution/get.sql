-- One execution by its id.
-- $1 home, $2 id
select
    e.id, e.machine, e.revision, e.name, e.status, e.owner, e.started_at, e.ended_at,
    e.redrive_count, e.redriven_at, e.map_run, e.item_count, e.version, e.alias,
    (select m.namespace from machine m where m.id = e.machine) as namespace,
    (select m.name from machine m where m.id = e.machine) as machine_name,
    (select m.type from machine m where m.id = e.machine) as machine_type,
    (select n.input_hash from execution_name n where n.home = e.home and n.machine = e.machine and n.name = e.name) as input_hash
from execution e
where e.home = $1 and e.id = $2
