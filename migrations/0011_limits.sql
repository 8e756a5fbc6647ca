-- AWS's limits, which hold where a namespace sets them.
set local lock_timeout = '5s';

alter table namespace
    add column history_events_max bigint,
    add column state_machines_max bigint,
    add column activities_max bigint,
    add column versions_max bigint,
    add column aliases_max bigint,
    add column requests_per_second_max bigint,
    -- `least` passes over what is null.
    add constraint namespace_limits_are_positive check (
        least(
            history_events_max, state_machines_max, activities_max, versions_max, aliases_max, requests_per_second_max
        ) > 0
    ) not valid;
