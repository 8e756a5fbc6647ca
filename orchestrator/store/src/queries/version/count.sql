-- How many versions a machine has that this transaction has locked.
-- $1 machine
select count(*) from machine_version where machine = $1
