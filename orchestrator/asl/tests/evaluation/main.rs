//! The evaluation of paths, templates, intrinsic functions and choice rules, through the crate's public face.

mod choice_recorded;
mod intrinsic_recorded;
mod path_jayway;
mod support;
