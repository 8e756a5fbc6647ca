-- A page of namespaces by name.
-- $1 names after, $2 how many
select id, name, partition, region, account, task_timeout_seconds, payload_bytes_max, created_at from namespace where name > $1 order by name limit $2
