-- The row that holds a public id, or the last one before it. Rows are indexed by seq alone; a public id never exceeds its event's seq
-- and rises with it, so twenty looks find one row in a million.
-- $1 home, $2 id, $3 public id
with recursive search (low, high) as (
    select
        $3::bigint,
        greatest($3, (select h.seq from history h where h.home = $1 and h.id = $2 order by h.seq desc limit 1))
    union all
    select case when reached then middle else low end, case when reached then high else middle - 1 end
    from search
    cross join lateral (select (low + high + 1) / 2 as middle) as halves
    cross join lateral (
        select h.first_public <= $3 as reached
        from history h
        where h.home = $1 and h.id = $2 and h.seq <= middle
        order by h.seq desc
        limit 1
    ) as row_there
    where low < high
)
select h.seq
from history h
where h.home = $1 and h.id = $2 and h.seq <= (select low from search where low = high)
order by h.seq desc
limit 1
