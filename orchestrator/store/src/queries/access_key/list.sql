-- Every access key, the revoked ones included, in the order in which they were made.
select
    k.id, k.namespace, n.name as namespace_name, k.administers, k.description, k.sealed,
    k.created_at, k.last_used_at, k.revoked_at
from access_key k join namespace n on n.id = k.namespace
order by k.created_at, k.id
