-- A revision by its id, its machine deleted or not.
-- $1 revision
select
    r.machine, r.id as revision_id, r.number, r.public_id, r.definition, r.role_arn, r.logging, r.tracing, r.encryption,
    r.created_at as revised_at
from machine_revision r
where r.id = $1
