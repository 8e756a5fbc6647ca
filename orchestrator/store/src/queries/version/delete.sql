-- Takes a version away, of a machine that this transaction has locked.
-- $1 machine, $2 number
delete from machine_version where machine = $1 and number = $2
