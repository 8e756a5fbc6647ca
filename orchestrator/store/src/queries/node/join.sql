-- A new node and its fences, all at epoch 1.
-- $1 address, $2 level, $3 number of lanes
with joined as (
    insert into node (address, level) values ($1, $2) returning id
),
fenced as (
    insert into fence (node, lane, epoch)
    select joined.id, lane::smallint, 1 from joined cross join generate_series(0, $3::integer - 1) as lane
)
select id from joined
