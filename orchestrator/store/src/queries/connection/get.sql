-- A connection by name.
-- $1 namespace, $2 name
select namespace, name, public_id, description, authorization_type, shown, sealed, version, created_at, updated_at
from connection
where namespace = $1 and name = $2
