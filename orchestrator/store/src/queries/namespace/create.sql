-- A new namespace. No row: the name is taken.
-- $1 name, $2 partition, $3 region, $4 account, $5 task timeout, $6 payload limit
insert into namespace (name, partition, region, account, task_timeout_seconds, payload_bytes_max)
values ($1, $2, $3, $4, $5, $6)
on conflict (name) do nothing
returning id, name, partition, region, account, task_timeout_seconds, payload_bytes_max, created_at
