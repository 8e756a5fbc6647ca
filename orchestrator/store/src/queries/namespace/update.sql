-- Other settings for a namespace.
-- $1 name, $2 partition, $3 region, $4 account, $5 task timeout, $6 payload limit
update namespace
set partition = $2, region = $3, account = $4, task_timeout_seconds = $5, payload_bytes_max = $6
where name = $1
returning id, name, partition, region, account, task_timeout_seconds, payload_bytes_max, created_at
