-- A connection is gone; tasks that are to use it fail from now on.
-- $1 namespace, $2 name
delete from connection
where namespace = $1 and name = $2
returning namespace, name, public_id, description, authorization_type, shown, sealed, version, created_at, updated_at
