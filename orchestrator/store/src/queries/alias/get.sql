-- An alias by its name.
-- $1 machine, $2 name
select name, description, versions, weights, created_at, updated_at
from machine_alias
where machine = $1 and name = $2
