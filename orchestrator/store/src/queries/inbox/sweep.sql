-- Messages that nobody has taken, from a position on, until a limit of rows or of bytes is reached. Those to executions that have ended
-- are deleted, and those to executions that never began, unless they still may. Fenced like any write.
-- $1 node, $2 lane, $3 epoch, $4-$6 what to come after: home, receiver, message, $7 rows at most, $8 bytes at most,
-- $9 an id: no execution with a smaller one will begin any more
with standing as materialized (
    select node from fence where node = $1 and lane = $2 and epoch = $3 for share
),
page as materialized (
    select
        home, receiver, message, format, body,
        sum(octet_length(body)) over (order by home, receiver, message) - octet_length(body) as bytes_before
    from inbox
    where (home, receiver, message) > ($4::smallint, $5::uuid, $6::uuid)
    order by home, receiver, message
    limit $7
),
addressed as materialized (
    select
        p.home, p.receiver, p.message, p.format, p.body,
        e.status = 'RUNNING' as open,
        coalesce(e.status <> 'RUNNING', p.receiver < $9::uuid) as closed
    from page p left join execution e on e.home = p.home and e.id = p.receiver
    where p.bytes_before < $8::bigint
),
deleted as (
    delete from inbox i
    using standing, addressed a
    where a.closed and i.home = a.home and i.receiver = a.receiver and i.message = a.message
)
select home, receiver, message, format, case when open then body end as body
from addressed
order by home, receiver, message
