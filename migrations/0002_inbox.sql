-- Messages between executions: a child's end to its parent, a parent's stop to its child.
set local lock_timeout = '5s';

-- Written in the sender's commit, deleted in the receiver's. The body says what it means, in a format of the `execution` crate.
create table inbox (
    home smallint not null,
    receiver uuid not null,
    -- The sender's to choose, the same however often it sends: a message stands here once.
    message uuid not null,
    format smallint not null,
    body bytea not null,
    constraint inbox_message_is_sent_once primary key (home, receiver, message)
) with (
    -- Rows live for about one commit: a sweep must not wade through what is gone.
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000
);

-- Deletes messages by their keys; one that is gone already is no error. A function, because a join with the table has a plan for each
-- belief about its size, and this has one: its own settings hold wherever it is called. Called for batches that took messages alone.
create function take_messages(homes smallint[], receivers uuid[], messages uuid[]) returns bigint
language plpgsql set enable_seqscan = 'off' set enable_bitmapscan = 'off' as $$
declare
    taken bigint := 0;
    found_now bigint;
begin
    for number in 1 .. cardinality(messages) loop
        delete from inbox
        where home = homes[number] and receiver = receivers[number] and message = messages[number];
        get diagnostics found_now = row_count;
        taken := taken + found_now;
    end loop;
    return taken;
end
$$;
