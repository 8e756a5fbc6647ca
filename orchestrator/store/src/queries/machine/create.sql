-- A new machine with its first revision, its tags and, where it is published, version 1. No row: the name is taken.
-- $1 namespace, $2 name, $3 type, $4 definition, $5 role arn, $6 logging, $7 tracing, $8 encryption
-- $9 description of version 1 (null: it is not published), $10-$11 tags: keys, values
with m as (
    insert into machine (namespace, name, type, revision, versions)
    values (
        $1, $2, $3, nextval(pg_get_serial_sequence('machine_revision', 'id')), case when $9::text is null then 0 else 1 end
    )
    on conflict (namespace, name) where status <> 'DELETED' do nothing
    returning *
),
r as (
    insert into machine_revision (id, machine, number, definition, role_arn, logging, tracing, encryption)
    select revision, id, 1, $4, $5, $6, $7, $8 from m
    returning *
),
v as (
    insert into machine_version (machine, number, revision, description)
    select id, 1, revision, $9 from m where $9 is not null
),
t as (
    insert into tag (kind, resource, key, value)
    select 'MACHINE', m.id, given.key, given.value
    from m cross join unnest($10::text[], $11::text[]) as given (key, value)
)
select
    m.id, m.namespace, m.name, m.type, m.status, m.created_at,
    r.id as revision_id, r.number, r.public_id, r.definition, r.role_arn, r.logging, r.tracing, r.encryption,
    r.created_at as revised_at
from m join r on r.machine = m.id
