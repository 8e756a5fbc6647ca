-- How many aliases a machine has that this transaction has locked.
-- $1 machine
select count(*) from machine_alias where machine = $1
