-- A connection's new description and parameters, each where it is given.
-- $1 namespace, $2 name, $3 public id, $4 description, $5 authorization type, $6 shown, $7 sealed
update connection
set
    description = coalesce($4, description),
    authorization_type = coalesce($5, authorization_type),
    shown = coalesce($6, shown),
    sealed = coalesce($7, sealed),
    version = version + 1,
    updated_at = now()
where namespace = $1 and name = $2 and public_id = $3
returning namespace, name, public_id, description, authorization_type, shown, sealed, version, created_at, updated_at
