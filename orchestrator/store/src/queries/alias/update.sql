-- Other routes or another description of an alias; what is null stays as it was.
-- $1 machine, $2 name, $3 description, $4-$5 routes: versions, weights
update machine_alias
set description = coalesce($3, description), versions = coalesce($4::bigint[], versions),
    weights = coalesce($5::smallint[], weights), updated_at = now()
where machine = $1 and name = $2
returning name, description, versions, weights, created_at, updated_at
