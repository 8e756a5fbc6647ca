//! Variables: what states have assigned, as one state sees it. Names live in scopes: a Parallel's branch or a Map's
//! iteration reads the variables around it and keeps its own to itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::payload::Payload;

/// Characters of a name.
pub const NAME_MAX: usize = 80;

/// The name under which JSONata finds a state's own data.
pub const RESERVED: &str = "states";

/// The variables of a scope, and of the scopes around it. Without any it costs nothing; a clone costs a reference count.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Variables(Option<Arc<Scope>>);

#[derive(Debug, Clone, Default, PartialEq)]
struct Scope {
    own: BTreeMap<Arc<str>, Payload>,
    outer: Variables,
}

/// A variable's new value.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    pub name: Arc<str>,
    pub value: Payload,
}

impl Variables {
    pub const fn none() -> Self {
        Self(None)
    }

    /// The value, of the innermost scope that has it.
    pub fn get(&self, name: &str) -> Option<&Payload> {
        let scope = self.0.as_deref()?;
        scope.own.get(name).or_else(|| scope.outer.get(name))
    }

    /// In this scope, not in those around it.
    pub fn assign(&mut self, assignment: Assignment) {
        let scope = Arc::make_mut(self.0.get_or_insert_default());
        scope.own.insert(assignment.name, assignment.value);
    }

    /// What a scope within this one begins with.
    #[must_use]
    pub fn inner(&self) -> Self {
        let scope = |outer: &Arc<Scope>| Scope {
            own: BTreeMap::new(),
            outer: Self(Some(Arc::clone(outer))),
        };
        Self(self.0.as_ref().map(scope).map(Arc::new))
    }

    /// Those of this scope alone, by name.
    pub fn own(&self) -> impl Iterator<Item = (&str, &Payload)> {
        let own = self.0.as_deref().into_iter().flat_map(|scope| &scope.own);
        own.map(|(name, value)| (&**name, value))
    }

    /// How much the values of this scope alone take.
    pub fn own_bytes(&self) -> usize {
        self.own().map(|(_, value)| value.text().len()).sum()
    }

    /// How much this scope's own value of that name takes.
    pub fn own_bytes_of(&self, name: &str) -> usize {
        let scope = self.0.as_deref();
        scope.and_then(|scope| scope.own.get(name)).map_or(0, |value| value.text().len())
    }
}

/// How many bytes of `text` are a name, where it begins with one.
pub(crate) fn name_length(text: &str) -> usize {
    let begins = |character: char| character == '_' || unicode_ident::is_xid_start(character);
    if !text.starts_with(begins) {
        return 0;
    }
    text.find(|character| !unicode_ident::is_xid_continue(character)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::{Assignment, Variables, name_length};
    use crate::payload::Payload;

    fn assign(variables: &mut Variables, name: &str, value: &str) {
        let value = Payload::parse(value).unwrap();
        variables.assign(Assignment { name: name.into(), value });
    }

    fn get<'v>(variables: &'v Variables, name: &str) -> Option<&'v str> {
        variables.get(name).map(Payload::text)
    }

    #[test]
    fn an_inner_scope_reads_the_outer_one_and_keeps_its_own() {
        let mut outer = Variables::none();
        assign(&mut outer, "x", "1");
        let (mut left, right) = (outer.inner(), outer.inner());
        assign(&mut left, "y", "2");
        assert_eq!((get(&left, "x"), get(&left, "y")), (Some("1"), Some("2")));
        assert_eq!((get(&right, "x"), get(&right, "y")), (Some("1"), None));
        assert_eq!(get(&outer, "y"), None);
        assert_eq!(left.own().map(|(name, _)| name).collect::<Vec<_>>(), ["y"]);
    }

    #[test]
    fn what_was_seen_before_stays_as_it_was_seen() {
        let mut variables = Variables::none();
        assign(&mut variables, "x", "1");
        let before = variables.clone();
        assign(&mut variables, "x", r#""longer""#);
        assert_eq!((get(&before, "x"), get(&variables, "x")), (Some("1"), Some("\"longer\"")));
        assert_eq!((before.own_bytes(), variables.own_bytes()), (1, 8));
        assert_eq!((variables.own_bytes_of("x"), variables.own_bytes_of("y")), (8, 0));
    }

    #[test]
    fn a_name_is_a_unicode_identifier() {
        for (text, name) in [
            ("x", "x"),
            ("order.id", "order"),
            ("_a1[0]", "_a1"),
            ("größe", "größe"),
            ("変数.x", "変数"),
            ("1a", ""),
            (".a", ""),
            ("$.a", ""),
            ("", ""),
            ("a-b", "a"),
        ] {
            assert_eq!(&text[..name_length(text)], name, "{text}");
        }
    }
}
