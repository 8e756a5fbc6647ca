-- A page of namespaces by name.
-- $1 names after, $2 how many
select
    id, name, partition, region, account, task_timeout_seconds, payload_bytes_max,
    history_events_max, state_machines_max, activities_max, versions_max, aliases_max, requests_per_second_max,
    open_executions_max, activity_pollers_max, created_at
from namespace
where name > $1
order by name
limit $2
