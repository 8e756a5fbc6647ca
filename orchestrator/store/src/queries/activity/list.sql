-- A page of a namespace's activities by name.
-- $1 namespace, $2 names after, $3 how many
select id, name, encryption, created_at
from activity
where namespace = $1 and name > $2
order by name
limit $3
