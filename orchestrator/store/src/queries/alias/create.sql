-- A new alias, of a machine that this transaction has locked.
-- $1 machine, $2 name, $3 description, $4-$5 routes: versions, weights
insert into machine_alias (machine, name, description, versions, weights)
values ($1, $2, $3, $4::bigint[], $5::smallint[])
returning name, description, versions, weights, created_at, updated_at
