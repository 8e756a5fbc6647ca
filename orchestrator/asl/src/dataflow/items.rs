//! The array whose elements a Map works on.

use serde_json::Value;

use super::Scope;
use crate::Draw;
use crate::error::{EvalError, names};
use crate::payload::Payload;
use crate::states::Items;

impl Items {
    /// Always an array.
    pub fn resolve(&self, scope: &Scope<'_>, draw: &mut Draw) -> Result<Payload, EvalError> {
        let items = match self {
            Self::Path(Some(path)) => path.payload(scope)?,
            Self::Computed(Some(template)) => match template.as_expression() {
                Some(expression) => Payload::from_value(expression.array(scope, draw)?),
                None => Payload::from_value(template.render(scope, draw)?),
            },
            Self::Path(None) | Self::Computed(None) => scope.input.clone(),
        };
        if items.value().is_array() { Ok(items) } else { Err(self.no_array(items.value())) }
    }

    /// In AWS's words.
    fn no_array(&self, found: &Value) -> EvalError {
        match self {
            Self::Path(path) => {
                let path = path.as_ref().map_or("$", |path| path.as_str());
                // Seen on AWS: of a path into the context object it shows the part after its first `$`.
                let path = path.strip_prefix("$$").map_or(path, |_| &path[1..]);
                let cause = format!("Reference path \"{path}\" must point to array.");
                EvalError::new(names::RUNTIME, cause)
            }
            Self::Computed(_) => {
                let cause = format!("Map state input must be an array but was: {found}");
                EvalError::new(names::QUERY_EVALUATION_ERROR, cause)
            }
        }
    }
}
