-- Takes an alias away; one that is not there is no error.
-- $1 machine, $2 name
delete from machine_alias where machine = $1 and name = $2
