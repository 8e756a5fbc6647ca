-- Prepares a session for reads and management: a plan made while a table was empty must not scan it once it is full.
select
    set_config('enable_seqscan', 'off', false),
    pg_is_in_recovery() as read_only,
    current_setting('server_version_num')::integer as version
