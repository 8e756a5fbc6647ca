-- A page of a map run's children, oldest first, each with the first and the last row of its history: its input and its end.
-- $1 map run, $2 ids above, $3 ids from: the run's own instant, so that older partitions are not looked at, $4 how many
select
    e.id, e.status, e.started_at, e.ended_at, e.redrive_count,
    first.format as first_format, first.events as first_events,
    last.format as last_format, last.events as last_events
from execution e
cross join lateral (
    select h.format, h.events from history h
    where h.home = e.home and h.id = e.id and h.id >= $3
    order by h.seq limit 1
) as first
cross join lateral (
    select h.format, h.events from history h
    where h.home = e.home and h.id = e.id and h.id >= $3
    order by h.seq desc limit 1
) as last
where e.map_run = $1 and e.id > $2 and e.id >= $3
order by e.id
limit $4
