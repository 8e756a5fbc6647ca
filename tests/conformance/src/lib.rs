//! How far Everstep's language is what others recorded: each corpus run through the pure floors, and counted.
//!
//! Nothing here waits or reads a clock of its own: executions run on a simulated one, so a recorded wait of days takes none.

pub mod cases;
pub mod jayway;
pub mod jsonata;
pub mod page;
pub mod recorded;
pub mod score;
pub mod validation;

pub use recorded::Recorded;
pub use score::{Count, Score, Tally};

/// Every corpus of the folder.
pub fn measure(recorded: &Recorded) -> std::io::Result<Tally> {
    let mut tally = Tally::default();
    jsonata::measure(recorded, &mut tally)?;
    jayway::measure(recorded, &mut tally)?;
    validation::measure(recorded, &mut tally)?;
    cases::measure(recorded, &mut tally)?;
    Ok(tally)
}
