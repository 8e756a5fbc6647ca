-- A new connection; no row where the name is taken.
-- $1 namespace, $2 name, $3 public id, $4 description, $5 authorization type, $6 shown, $7 sealed
insert into connection (namespace, name, public_id, description, authorization_type, shown, sealed)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict on constraint connection_name_is_free do nothing
returning namespace, name, public_id, description, authorization_type, shown, sealed, version, created_at, updated_at
