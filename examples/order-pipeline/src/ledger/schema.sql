-- The ledger's tables: one row for each time that a worker began a task.
-- Several workers may arrive at once: `create … if not exists` alone does not hold against that.
select pg_advisory_xact_lock(6077410034);
create schema if not exists ledger;

-- `run` names one run of a handler, so that a write whose fate is unknown can be repeated.
-- Nothing forbids a second row for the same hand-out: it would be a fault, and must be seen.
create table if not exists ledger.charges (
    run uuid primary key,
    order_id text not null, -- JSON text: an id may hold characters that a text cannot
    execution_arn text not null,
    state text not null,
    attempt integer not null,
    hand_outs_before integer not null,
    token_hash text not null,
    started_at timestamptz not null default clock_timestamp(),
    done_at timestamptz
);
create index if not exists charges_by_execution on ledger.charges (execution_arn, state);
create table if not exists ledger.reservations (like ledger.charges including all);
create table if not exists ledger.shipments (like ledger.charges including all);
create table if not exists ledger.refunds (like ledger.charges including all);
create table if not exists ledger.emails (like ledger.charges including all);
