-- A page of a namespace's connections by name.
-- $1 namespace, $2 names after, $3 how many
select namespace, name, public_id, description, authorization_type, shown, sealed, version, created_at, updated_at
from connection
where namespace = $1 and name > $2
order by name
limit $3
