-- The execution that holds a chosen name.
-- $1 home (by the name's hash), $2 machine, $3 name
select id from execution_name where home = $1 and machine = $2 and name = $3
