-- Which of these numbers are no versions of a machine.
-- $1 machine, $2 numbers
select wanted.number
from unnest($2::bigint[]) as wanted (number)
where not exists (select from machine_version v where v.machine = $1 and v.number = wanted.number)
