-- Prepares a lane's session: no timeout may cut a commit short, its fence needs read committed, its answer must mean durable, and its plan is
-- made once. Settings that this version of PostgreSQL does not know are left out.
select
    set_config(name, wanted, false),
    pg_is_in_recovery() as read_only,
    current_setting('server_version_num')::integer as version
from pg_settings
join (values
    ('statement_timeout', '0'),
    ('lock_timeout', '0'),
    ('transaction_timeout', '0'),
    ('idle_session_timeout', '0'),
    ('idle_in_transaction_session_timeout', '0'),
    ('client_connection_check_interval', '0'),
    ('default_transaction_isolation', 'read committed'),
    ('default_transaction_read_only', 'off'),
    ('default_transaction_deferrable', 'off'),
    ('synchronous_commit', case current_setting('synchronous_commit') when 'off' then 'on' else current_setting('synchronous_commit') end),
    ('plan_cache_mode', 'force_generic_plan'),
    ('enable_seqscan', 'off')
) as setting (name, wanted) using (name)
