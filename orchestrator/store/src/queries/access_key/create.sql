-- A new access key; no row where the id is taken.
-- $1 id, $2 namespace, $3 administers, $4 description, $5 sealed secret
with made as (
    insert into access_key (id, namespace, administers, description, sealed)
    values ($1, $2, $3, $4, $5)
    on conflict on constraint access_key_id_is_free do nothing
    returning id, namespace, administers, description, sealed, created_at, last_used_at, revoked_at
)
select
    k.id, k.namespace, n.name as namespace_name, k.administers, k.description, k.sealed,
    k.created_at, k.last_used_at, k.revoked_at
from made k join namespace n on n.id = k.namespace
