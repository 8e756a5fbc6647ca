-- Named connections: how the HTTP tasks of a namespace are authorized.
set local lock_timeout = '5s';

create table connection (
    namespace integer not null,
    name text collate "C" not null,
    -- In the connection's ARN; another one each time that the name is taken anew.
    public_id uuid not null default gen_random_uuid(),
    description text not null,
    authorization_type text not null,
    -- What people may see: EventBridge's AuthParameters as JSON, without the secrets.
    shown text not null,
    -- The whole of it, sealed by the server with a key that is not in this table.
    sealed bytea not null,
    -- Raised by each update.
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint connection_name_is_free primary key (namespace, name),
    constraint connection_namespace_exists foreign key (namespace) references namespace (id),
    constraint connection_authorization_is_known
        check (authorization_type in ('API_KEY', 'BASIC', 'OAUTH_CLIENT_CREDENTIALS'))
);
