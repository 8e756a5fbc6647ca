-- A new machine and its first revision. No row: the name is taken.
-- $1 namespace, $2 name, $3 type, $4 definition, $5 role arn, $6 logging, $7 tracing, $8 encryption
with m as (
    insert into machine (namespace, name, type, revision)
    values ($1, $2, $3, nextval(pg_get_serial_sequence('machine_revision', 'id')))
    on conflict (namespace, name) where status <> 'DELETED' do nothing
    returning *
),
r as (
    insert into machine_revision (id, machine, number, definition, role_arn, logging, tracing, encryption)
    select revision, id, 1, $4, $5, $6, $7, $8 from m
    returning *
)
select
    m.id, m.namespace, m.name, m.type, m.status, m.created_at,
    r.id as revision_id, r.number, r.public_id, r.definition, r.role_arn, r.logging, r.tracing, r.encryption,
    r.created_at as revised_at
from m join r on r.machine = m.id
