-- Declares a node dead whose counter has not moved, and kills its fences: waits for its commits in flight; later ones come back empty.
-- Nothing else may be read or claimed in this statement: its snapshot is older than the commits that it waited for.
-- $1 node, $2 the counter that was seen
with gone as (
    update node set state = 'DEAD', ended_at = clock_timestamp()
    where id = $1 and counter = $2 and state = 'ALIVE'
    returning id
),
killed as (
    delete from fence using gone where fence.node = gone.id
)
select exists (select from gone) as deposed
