-- The tags of a resource, by key.
-- $1 kind, $2 resource
select key, value from tag where kind = $1 and resource = $2 order by key
