-- A page of a machine's aliases by name: all, or those that name a version.
-- $1 machine, $2 version or null, $3 names after, $4 how many
select name, description, versions, weights, created_at, updated_at
from machine_alias
where machine = $1 and ($2::bigint is null or $2 = any(versions)) and name > $3
order by name
limit $4
