-- A machine by its id, deleted ones too, with its newest revision.
-- $1 machine
select
    m.id, m.namespace, m.name, m.type, m.status, m.created_at,
    r.id as revision_id, r.number, r.public_id, r.definition, r.role_arn, r.logging, r.tracing, r.encryption,
    r.created_at as revised_at
from machine m join machine_revision r on r.id = m.revision
where m.id = $1
