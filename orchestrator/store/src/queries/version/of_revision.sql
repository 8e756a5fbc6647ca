-- The version that a revision was published as.
-- $1 revision
select number, revision, description, created_at from machine_version where revision = $1
