-- A new namespace. No row: the name is taken.
-- $1 name, $2 partition, $3 region, $4 account, $5 task timeout, $6 payload limit, $7-$14 AWS's limits (null: off): events of an
-- execution, machines, activities, versions and aliases of a machine, requests a second, open executions, pollers of an activity
insert into namespace (
    name, partition, region, account, task_timeout_seconds, payload_bytes_max,
    history_events_max, state_machines_max, activities_max, versions_max, aliases_max, requests_per_second_max,
    open_executions_max, activity_pollers_max
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
on conflict (name) do nothing
returning
    id, name, partition, region, account, task_timeout_seconds, payload_bytes_max,
    history_events_max, state_machines_max, activities_max, versions_max, aliases_max, requests_per_second_max,
    open_executions_max, activity_pollers_max, created_at
