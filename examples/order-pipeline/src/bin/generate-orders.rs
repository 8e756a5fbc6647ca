//! Writes `orders.jsonl` anew: `cargo run -p order-pipeline --bin generate-orders > examples/order-pipeline/orders.jsonl`.

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    io::stdout().write_all(order_pipeline::generate::orders_file().as_bytes())
}
