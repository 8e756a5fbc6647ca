//! What a pattern costs, measured on what it means before anything is built.

use regex_syntax::hir::{Class, Hir, HirKind};

/// A larger pattern is refused: building it takes some eight milliseconds and a megabyte.
pub(crate) const SIZE_MAX: u64 = 15_000;
/// A unit of size takes half a microsecond to build, and up to two on a loaded machine.
const STEPS_PER_SIZE: u64 = 20;
/// A class is a few states, and one for each of its ranges.
const CLASS: u64 = 6;
/// At worst each position is tried at each byte: some 20 nanoseconds.
const POSITIONS_PER_STEP: u64 = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Price {
    /// How many bytes and classes, with all repetitions written out: how many places of it a search may stand at, at once.
    positions: u64,
    /// How large its program is, a unit being some 70 bytes.
    pub(crate) size: u64,
}

impl Price {
    /// Recursion ends where the parser's nesting does.
    pub(crate) fn of(meaning: &Hir) -> Self {
        match meaning.kind() {
            HirKind::Empty | HirKind::Look(_) => Self { positions: 1, size: 1 },
            HirKind::Literal(literal) => {
                let bytes = count(literal.0.len());
                Self { positions: bytes, size: bytes }
            }
            HirKind::Class(class) => {
                let ranges = match class {
                    Class::Unicode(class) => class.ranges().len(),
                    Class::Bytes(class) => class.ranges().len(),
                };
                Self { positions: 1, size: CLASS + count(ranges) }
            }
            HirKind::Repetition(repetition) => {
                let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1);
                let one = Self::of(&repetition.sub);
                Self {
                    positions: one.positions.saturating_mul(times.into()),
                    size: one.size.saturating_mul(times.into()),
                }
            }
            HirKind::Capture(capture) => Self::of(&capture.sub),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => {
                parts.iter().map(Self::of).fold(Self { positions: 0, size: 0 }, |sum, one| Self {
                    positions: sum.positions.saturating_add(one.positions),
                    size: sum.size.saturating_add(one.size),
                })
            }
        }
    }

    pub(crate) fn building(self) -> u64 {
        50 + self.size.saturating_mul(STEPS_PER_SIZE)
    }

    pub(crate) fn searching(self, bytes: usize) -> u64 {
        1 + count(bytes).saturating_mul(self.positions) / POSITIONS_PER_STEP
    }

    /// How many bytes can be searched for so many steps.
    pub(crate) fn bytes_for(self, steps: u64) -> usize {
        let bytes = steps.saturating_mul(POSITIONS_PER_STEP) / self.positions.max(1);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
