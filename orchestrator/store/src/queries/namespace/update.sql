-- Other settings for a namespace.
-- $1 name, $2 partition, $3 region, $4 account, $5 task timeout, $6 payload limit, $7-$14 AWS's limits (null: off): events of an
-- execution, machines, activities, versions and aliases of a machine, requests a second, open executions, pollers of an activity
update namespace
set
    partition = $2, region = $3, account = $4, task_timeout_seconds = $5, payload_bytes_max = $6,
    history_events_max = $7, state_machines_max = $8, activities_max = $9, versions_max = $10, aliases_max = $11,
    requests_per_second_max = $12, open_executions_max = $13, activity_pollers_max = $14
where name = $1
returning
    id, name, partition, region, account, task_timeout_seconds, payload_bytes_max,
    history_events_max, state_machines_max, activities_max, versions_max, aliases_max, requests_per_second_max,
    open_executions_max, activity_pollers_max, created_at
