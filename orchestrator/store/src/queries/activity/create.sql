-- A new activity and its tags. No row: the name is taken.
-- $1 namespace, $2 name, $3 encryption, $4-$5 tags: keys, values
with a as (
    insert into activity (namespace, name, encryption) values ($1, $2, $3)
    on conflict (namespace, name) do nothing
    returning *
),
t as (
    insert into tag (kind, resource, key, value)
    select 'ACTIVITY', a.id, given.key, given.value
    from a cross join unnest($4::text[], $5::text[]) as given (key, value)
)
select id, name, encryption, created_at from a
