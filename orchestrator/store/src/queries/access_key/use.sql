-- When access keys were last used. Another node may have seen a later use.
-- $1 ids, $2 times
update access_key k
set last_used_at = u.used_at
from unnest($1::text[], $2::timestamptz[]) as u (id, used_at)
where k.id = u.id and (k.last_used_at is null or k.last_used_at < u.used_at)
