//! The evaluation of paths, templates, intrinsic functions and choice rules, through the crate's public face.

#![expect(clippy::disallowed_methods, reason = "how long a hostile path takes is measured")]

#[cfg(test)]
mod choice_rules;
#[cfg(test)]
mod dataflow_fields;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod intrinsic_calls;
#[cfg(test)]
mod path_query;
#[cfg(test)]
mod path_reference;
mod path_variable;
#[cfg(test)]
mod support;
#[cfg(test)]
mod template_render;
