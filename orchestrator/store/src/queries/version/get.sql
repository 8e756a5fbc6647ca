-- A version by its number.
-- $1 machine, $2 number
select number, revision, description, created_at from machine_version where machine = $1 and number = $2
