-- Revokes an access key; one that is revoked already keeps its time. No row: there is no such key.
-- $1 id
with revoked as (
    update access_key set revoked_at = coalesce(revoked_at, now()) where id = $1
    returning id, namespace, administers, description, sealed, created_at, last_used_at, revoked_at
)
select
    k.id, k.namespace, n.name as namespace_name, k.administers, k.description, k.sealed,
    k.created_at, k.last_used_at, k.revoked_at
from revoked k join namespace n on n.id = k.namespace
