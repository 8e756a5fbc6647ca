-- A namespace by its name.
-- $1 name
select id, name, partition, region, account, task_timeout_seconds, payload_bytes_max, created_at from namespace where name = $1
