-- The next version, of a machine that this transaction has locked, for its newest revision.
-- $1 machine, $2 description
with m as (
    update machine set versions = versions + 1 where id = $1 returning id, versions, revision
),
v as (
    insert into machine_version (machine, number, revision, description)
    select id, versions, revision, $2 from m
    returning *
)
select v.number, v.revision, v.description, v.created_at from v
