-- Access keys: who may call. They belong to a namespace; as soon as there is one, every caller needs one.
set local lock_timeout = '5s';

create table access_key (
    -- What a caller names: EVAK and 16 of A-Z and 2-7.
    id text collate "C" not null,
    namespace integer not null,
    -- Reaches every namespace, and may make them.
    administers boolean not null,
    description text not null,
    -- The secret, sealed with a key that is not in this table: signatures are checked with the secret itself.
    sealed bytea not null,
    created_at timestamptz not null default now(),
    -- To the minute, roughly.
    last_used_at timestamptz,
    -- Revoked keys stay: a database that has had keys never goes without.
    revoked_at timestamptz,
    constraint access_key_id_is_free primary key (id),
    constraint access_key_namespace_exists foreign key (namespace) references namespace (id),
    constraint access_key_id_is_one check (id ~ '^[A-Z0-9]{20}$')
);
