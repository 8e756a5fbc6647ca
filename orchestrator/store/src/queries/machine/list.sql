-- A page of a namespace's machines by name, with their newest revisions.
-- $1 namespace, $2 names after, $3 how many
select
    m.id, m.namespace, m.name, m.type, m.status, m.created_at,
    r.id as revision_id, r.number, r.public_id, r.definition, r.role_arn, r.logging, r.tracing, r.encryption,
    r.created_at as revised_at
from machine m join machine_revision r on r.id = m.revision
where m.namespace = $1 and m.name > $2 and m.status <> 'DELETED'
order by m.name
limit $3
