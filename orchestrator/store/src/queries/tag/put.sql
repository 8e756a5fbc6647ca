-- New tags of a resource, and new values of those that it has.
-- $1 kind, $2 resource, $3-$4 keys, values
insert into tag (kind, resource, key, value)
select $1, $2, given.key, given.value from unnest($3::text[], $4::text[]) as given (key, value)
on conflict (kind, resource, key) do update set value = excluded.value
