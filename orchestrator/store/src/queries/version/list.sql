-- A page of a machine's versions, the newest first.
-- $1 machine, $2 numbers below, $3 how many
select number, revision, description, created_at
from machine_version
where machine = $1 and number < $2
order by number desc
limit $3
