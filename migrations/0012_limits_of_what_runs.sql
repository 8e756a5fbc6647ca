-- AWS's limits for open executions and for pollers, which hold where a namespace sets them.
set local lock_timeout = '5s';

alter table namespace
    add column open_executions_max bigint,
    add column activity_pollers_max bigint,
    add constraint namespace_limits_of_what_runs_are_positive check (
        least(open_executions_max, activity_pollers_max) > 0
    ) not valid;
