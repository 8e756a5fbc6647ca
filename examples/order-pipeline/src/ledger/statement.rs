//! The ledger's statements, the same for each table.

pub(super) struct Statements {
    pub(super) begin: &'static str,
    pub(super) done: &'static str,
    pub(super) entries: &'static str,
    pub(super) count: &'static str,
}

macro_rules! statements {
    ($table:literal) => {
        Statements {
            // A repetition of the same write changes nothing.
            begin: concat!(
                "insert into ledger.",
                $table,
                " (run, order_id, execution_arn, state, attempt, hand_outs_before, token_hash)",
                " values ($1, $2, $3, $4, $5, $6, $7) on conflict (run) do nothing"
            ),
            done: concat!(
                "update ledger.",
                $table,
                " set done_at = clock_timestamp() where run = $1 and done_at is null"
            ),
            entries: concat!(
                "select order_id, execution_arn, state, attempt, hand_outs_before, token_hash, started_at, done_at",
                " from ledger.",
                $table,
                " order by started_at, run"
            ),
            // By execution and state: of n effects from d different hand-outs, d - 1 are repeated and n - d doubled.
            count: concat!(
                "select count(distinct execution_arn) filter (where effects > 0) as executions,",
                " coalesce(sum(begun), 0)::bigint as begun, coalesce(sum(effects), 0)::bigint as done,",
                " coalesce(sum(greatest(hand_outs - 1, 0)), 0)::bigint as repeated,",
                " coalesce(sum(effects - hand_outs), 0)::bigint as doubled",
                " from (select execution_arn, state, count(*) as begun, count(done_at) as effects,",
                " count(distinct (attempt, hand_outs_before)) filter (where done_at is not null) as hand_outs",
                " from ledger.",
                $table,
                " group by execution_arn, state) as by_state"
            ),
        }
    };
}

pub(super) static CHARGES: Statements = statements!("charges");
pub(super) static RESERVATIONS: Statements = statements!("reservations");
pub(super) static SHIPMENTS: Statements = statements!("shipments");
pub(super) static REFUNDS: Statements = statements!("refunds");
pub(super) static EMAILS: Statements = statements!("emails");
