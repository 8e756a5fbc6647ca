-- A namespace by its name.
-- $1 name
select
    id, name, partition, region, account, task_timeout_seconds, payload_bytes_max,
    history_events_max, state_machines_max, activities_max, versions_max, aliases_max, requests_per_second_max,
    open_executions_max, activity_pollers_max, created_at
from namespace
where name = $1
