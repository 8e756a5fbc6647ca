-- The commit of a lane: starts, history rows, ends and messages of many executions behind one fence, in one round trip.
-- $1 node, $2 lane, $3 epoch
-- $4-$12 starts, sorted by home, machine, name: home, id, machine, revision, name (null: named by its id), input hash (null: the name may be another's, too),
--        status, started at, ended at
-- $13-$21 history rows, sorted by home, id: home, id, seq, last seq, first public, last public, at, format, events
-- $22-$25 ends of executions that started in an earlier commit, sorted by home, id: home, id, status, ended at
-- $26-$31 messages sent, sorted by home, receiver, message: home, receiver, message, sender, format, body
-- $32-$34 messages taken, sorted as they are: home, receiver, message
-- $35-$38 of the starts: map run (null: no child of one), items that the child has got, version and alias that it was started by
with standing as materialized (
    -- Waits for whoever raises the epoch or kills the fence, and holds them off until this commit is durable.
    select node from fence where node = $1 and lane = $2 and epoch = $3 for share
),
start as materialized (
    select s.*
    from standing cross join unnest(
        $4::smallint[], $5::uuid[], $6::bigint[], $7::bigint[], $8::text[], $9::bytea[], $10::text[],
        $11::timestamptz[], $12::timestamptz[], $35::uuid[], $36::integer[], $37::bigint[], $38::text[]
    ) as s (
        home, id, machine, revision, name, input_hash, status, started_at, ended_at, map_run, item_count, version, alias
    )
),
named as (
    -- In the order given, the same for every lane: contended names queue up instead of deadlocking.
    insert into execution_name (home, machine, name, id, input_hash)
    select home, machine, name, id, input_hash from start where input_hash is not null
    on conflict do nothing
    returning id
),
lost as materialized (
    select id from start where input_hash is not null and id not in (select id from named)
),
started as (
    insert into execution (
        id, machine, revision, owner, started_at, ended_at, home, status, name, map_run, item_count, version, alias
    )
    select
        id, machine, revision, case when ended_at is null then $1 end, started_at, ended_at, home, status, name,
        map_run, item_count, version, alias
    from start where id not in (select id from lost)
),
recorded as (
    insert into history (id, seq, last_seq, first_public, last_public, at, home, format, events)
    select r.id, r.seq, r.last_seq, r.first_public, r.last_public, r.at, r.home, r.format, r.events
    from standing cross join unnest(
        $13::smallint[], $14::uuid[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[],
        $19::timestamptz[], $20::smallint[], $21::bytea[]
    ) as r (home, id, seq, last_seq, first_public, last_public, at, format, events)
    where r.id not in (select id from lost)
),
ended as (
    -- An update in the form of an insert that always conflicts: it finds its row through the primary key of the one
    -- partition that the id is in, whatever the planner believes of the table's size. Machine 0 would be a row that was not there.
    insert into execution as e (id, machine, revision, owner, started_at, ended_at, home, status, name)
    select x.id, 0, 0, null, x.ended_at, x.ended_at, x.home, x.status, null
    from standing cross join unnest($22::smallint[], $23::uuid[], $24::text[], $25::timestamptz[])
        as x (home, id, status, ended_at)
    on conflict (home, id) do update
    set status = excluded.status, ended_at = excluded.ended_at, owner = null
    where e.status = 'RUNNING'
    returning e.machine
),
sent as (
    -- A sender that lost its name never was, and sends nothing.
    insert into inbox (home, receiver, message, format, body)
    select m.home, m.receiver, m.message, m.format, m.body
    from standing cross join unnest(
        $26::smallint[], $27::uuid[], $28::uuid[], $29::uuid[], $30::smallint[], $31::bytea[]
    ) as m (home, receiver, message, sender, format, body)
    where m.sender not in (select id from lost)
    on conflict do nothing
)
select
    exists (select from standing) as stands,
    array(select id from lost) as lost,
    case
        when cardinality($34::uuid[]) > 0 and exists (select from standing)
            then take_messages($32::smallint[], $33::uuid[], $34)
    end as taken,
    case
        when (select count(*) from ended where machine > 0) < cardinality($23) and exists (select from standing)
            then refuse('an end names an execution that is not there or has ended before')
    end as refused
