-- The next revision of a machine that this transaction has locked; what is null stays as it was.
-- $1 machine, $2 definition, $3 role arn, $4 logging, $5 tracing, $6 encryption
with r as (
    insert into machine_revision (machine, number, definition, role_arn, logging, tracing, encryption)
    select
        last.machine, last.number + 1, coalesce($2, last.definition), coalesce($3, last.role_arn),
        coalesce($4, last.logging), coalesce($5, last.tracing), coalesce($6, last.encryption)
    from machine join machine_revision last on last.id = machine.revision
    where machine.id = $1
    returning *
)
update machine m set revision = r.id
from r
where m.id = r.machine
returning
    m.id, m.namespace, m.name, m.type, m.status, m.created_at,
    r.id as revision_id, r.number, r.public_id, r.definition, r.role_arn, r.logging, r.tracing, r.encryption,
    r.created_at as revised_at
