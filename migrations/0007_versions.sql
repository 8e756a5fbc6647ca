-- Published versions of state machines, aliases that start them by weight, activities, and tags.
set local lock_timeout = '5s';

-- The highest number that a version of the machine has had: none is given twice.
alter table machine add column versions bigint not null default 0;

-- A number for a revision. The row goes with its deletion; the revision stays for the executions that ran on it.
create table machine_version (
    machine bigint not null,
    number bigint not null,
    revision bigint not null,
    description text not null,
    created_at timestamptz not null default now(),
    constraint machine_version_number_is_free primary key (machine, number),
    constraint machine_version_of_a_revision_is_one unique (revision)
);

-- Of the starts that name the alias, `weights[i]` of a hundred run on `versions[i]`.
create table machine_alias (
    machine bigint not null,
    name text collate "C" not null,
    description text not null,
    versions bigint[] not null,
    weights smallint[] not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint machine_alias_name_is_free primary key (machine, name),
    constraint machine_alias_has_one_or_two_routes
        check (cardinality(versions) between 1 and 2 and cardinality(weights) = cardinality(versions))
);

-- What an execution was started by; null: by the machine itself.
alter table execution add column version bigint;
alter table execution add column alias text collate "C";

create index execution_by_version on execution (machine, version, id) where version is not null;
create index execution_by_alias on execution (machine, alias, id) where alias is not null;

-- A name that workers poll for. A Task may name a queue that is no activity.
create table activity (
    id bigint generated always as identity,
    namespace integer not null,
    name text collate "C" not null,
    -- AWS's encryptionConfiguration as JSON; empty where none was given.
    encryption text not null,
    created_at timestamptz not null default now(),
    constraint activity_pkey primary key (id),
    constraint activity_name_is_free unique (namespace, name),
    constraint activity_namespace_exists foreign key (namespace) references namespace (id)
);

create table tag (
    -- What `resource` counts: machines or activities.
    kind text not null,
    resource bigint not null,
    key text collate "C" not null,
    value text not null,
    constraint tag_key_is_free primary key (kind, resource, key),
    constraint tag_kind_is_known check (kind in ('MACHINE', 'ACTIVITY'))
);
