-- An activity by its name.
-- $1 namespace, $2 name
select id, name, encryption, created_at from activity where namespace = $1 and name = $2
