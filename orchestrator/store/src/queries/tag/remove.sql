-- Takes tags of a resource away; a key that it does not have is no error.
-- $1 kind, $2 resource, $3 keys
delete from tag where kind = $1 and resource = $2 and key = any($3::text[])
