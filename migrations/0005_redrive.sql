-- Executions that ended without success and were opened again.
set local lock_timeout = '5s';

-- Null: never redriven. Without a default, a row that never was takes no more room.
alter table execution add column redrive_count bigint;
alter table execution add column redriven_at timestamptz;

alter table execution add constraint execution_redrive_is_whole
    check ((redrive_count is null) = (redriven_at is null) and redrive_count > 0) not valid;
