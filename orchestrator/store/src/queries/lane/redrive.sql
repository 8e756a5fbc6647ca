-- Opens an execution that has ended without success: its row, and the history row that says so, behind one fence. Not the hot path.
-- $1 node, $2 lane, $3 epoch
-- $4 home, $5 id, $6 status, $7 ended at (null: it runs), $8 redrive count, $9 redriven at
-- $10-$16 history row: seq, last seq, first public, last public, at, format, events
-- $17-$21 messages sent: home, receiver, message, format, body
-- $22-$24 messages taken: home, receiver, message
with standing as materialized (
    -- As in a commit.
    select node from fence where node = $1 and lane = $2 and epoch = $3 for share
),
reopened as (
    update execution
    set status = $6, ended_at = $7, owner = case when $7::timestamptz is null then $1 end,
        redrive_count = $8, redriven_at = $9
    where home = $4 and id = $5
        -- Of two at once the second one waits here, and finds that it runs.
        and status in ('FAILED', 'TIMED_OUT', 'ABORTED')
        and exists (select from standing)
    returning home, id
),
recorded as (
    -- Whoever has read a history that has gone on since meets `history_seq_is_free`.
    insert into history (id, seq, last_seq, first_public, last_public, at, home, format, events)
    select id, $10, $11, $12, $13, $14, home, $15, $16 from reopened
),
sent as (
    insert into inbox (home, receiver, message, format, body)
    select m.home, m.receiver, m.message, m.format, m.body
    from reopened cross join unnest($17::smallint[], $18::uuid[], $19::uuid[], $20::smallint[], $21::bytea[])
        as m (home, receiver, message, format, body)
    on conflict do nothing
)
select
    exists (select from standing) as stands,
    array[]::uuid[] as lost,
    case
        when cardinality($24::uuid[]) > 0 and exists (select from reopened)
            then take_messages($22::smallint[], $23::uuid[], $24)
    end as taken,
    case
        when not exists (select from reopened) and exists (select from standing)
            then refuse('a redrive names an execution that runs, has succeeded, or is not there')
    end as refused
