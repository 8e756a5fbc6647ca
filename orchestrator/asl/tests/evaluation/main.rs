//! The evaluation of paths, templates, intrinsic functions and choice rules, through the crate's public face.

#[cfg(test)]
mod choice_recorded;
#[cfg(test)]
mod intrinsic_recorded;
#[cfg(test)]
mod path_jayway;
#[cfg(test)]
mod support;
