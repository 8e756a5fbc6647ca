-- Prepares a session for reads and management: a plan made while a table was empty must not scan it once it is full. That something is there
-- already is no news.
select
    set_config('enable_seqscan', 'off', false),
    set_config('client_min_messages', 'warning', false),
    pg_is_in_recovery() as read_only,
    current_setting('server_version_num')::integer as version
