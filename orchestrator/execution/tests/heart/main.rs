//! The heart, measured: by AWS's recorded histories, by scenarios, by chance, by the files of every released format.

mod simulated;

mod conformance;
mod golden;
mod properties;
