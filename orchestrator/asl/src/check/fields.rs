//! The fields of one object: each is asked for by name, and what nobody asked for is unknown.

use std::collections::BTreeSet;

use super::source::{Json, Member, member};
use super::{Check, Field, Place, Sees, language};
use crate::diagnostic::Fault;
use crate::machine::{DataPath, QueryLanguage};
use crate::path::Path;
use crate::states::Number;
use crate::template::Template;

pub(crate) struct Fields<'a> {
    pub(crate) check: &'a Check,
    pub(crate) language: QueryLanguage,
    pub(crate) place: Place,
    /// Where, in the pointer, the part within the state begins.
    state_pointer: usize,
    members: &'a [Member],
    /// The places of those whose name stood before.
    repeated: BTreeSet<usize>,
    /// The names that were asked for.
    known: Vec<&'static str>,
    any: bool,
}

impl<'a> Fields<'a> {
    pub(crate) fn open(
        check: &'a Check,
        language: QueryLanguage,
        members: &'a [Member],
        place: Place,
    ) -> Self {
        let mut names = BTreeSet::new();
        let repeats = members.iter().filter(|member| !names.insert(member.name.as_str()));
        let repeated = repeats.map(|member| member.at).collect();
        let (known, state_pointer) = (Vec::new(), 0);
        let fields =
            Self { check, language, place, state_pointer, members, repeated, known, any: false };
        for member in members.iter().filter(|member| !fields.is_first(member)) {
            fields.report_at(member, Fault::RepeatedField { field: member.name.clone() });
        }
        fields
    }

    /// They are a state's own, or within it: expressions name their field from there on.
    pub(super) fn of_state(self, state_pointer: usize) -> Self {
        Self { state_pointer, ..self }
    }

    /// The field, unless it is absent or of the other query language (which is reported).
    pub(crate) fn get(&mut self, name: &'static str) -> Option<Field<'a>> {
        self.known.push(name);
        let member = member(self.members, name)?;
        if let Some(fault) = language::misplaced(name, self.language) {
            self.report_at_object(member, fault);
            return None;
        }
        let place = Place { pointer: format!("{}/{name}", self.place.pointer), at: member.at };
        let Self { check, language, state_pointer, .. } = *self;
        Some(Field { check, language, name, node: &member.value, place, state_pointer })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        member(self.members, name).is_some()
    }

    /// The text of a field that is asked for elsewhere.
    pub(crate) fn peek(&self, name: &str) -> Option<&'a str> {
        member(self.members, name)?.value.text()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.members.iter().map(|member| member.name.as_str())
    }

    /// These may be meant by a field that is not known.
    pub(crate) fn know(&mut self, names: &[&'static str]) {
        self.known.extend(names);
    }

    /// What the fields should be is not known.
    pub(crate) fn accept_any(&mut self) {
        self.any = true;
    }

    /// The object itself is at fault.
    pub(crate) fn report(&self, fault: Fault) {
        self.check.report(&self.place, fault);
    }

    /// In the order in which AWS names them.
    pub(crate) fn require(&self, names: &[&'static str]) {
        let missing: Vec<_> = names.iter().copied().filter(|name| !self.has(name)).collect();
        if !missing.is_empty() {
            self.report(Fault::MissingFields { fields: missing });
        }
    }

    /// At most one of these may be there.
    pub(crate) fn exclude(&self, names: &[&'static str]) {
        let present = self.members.iter().filter(|member| names.contains(&member.name.as_str()));
        if let Some(second) = present.skip(1).find(|it| self.is_first(it)) {
            self.report_at_object(second, Fault::ExclusiveFields { fields: names.to_vec() });
        }
    }

    /// Exactly one of these must be there.
    pub(crate) fn choose(&self, names: &[&'static str]) {
        self.exclude(names);
        if !names.iter().any(|name| self.has(name)) {
            self.report(Fault::NoneOfFields { fields: names.to_vec() });
        }
    }

    /// What nobody asked for is no field of this object.
    pub(crate) fn close(self) {
        if self.any {
            return;
        }
        let of_this_language =
            |name: &&'static str| language::misplaced(name, self.language).is_none();
        let known: Vec<_> = self.known.iter().copied().filter(of_this_language).collect();
        let is_unknown = |member: &&Member| !self.known.contains(&member.name.as_str());
        for member in self.members.iter().filter(is_unknown) {
            if self.is_first(member) {
                let field = member.name.clone();
                self.report_at_object(member, Fault::UnknownField { field, known: known.clone() });
            }
        }
    }

    fn is_first(&self, it: &Member) -> bool {
        !self.repeated.contains(&it.at)
    }

    fn report_at(&self, member: &Member, fault: Fault) {
        let pointer = format!("{}/{}", self.place.pointer, member.name);
        self.check.report(&Place { pointer, at: member.at }, fault);
    }

    /// AWS points at the object and names the field in the message; the line is the field's.
    fn report_at_object(&self, member: &Member, fault: Fault) {
        self.check.report(&Place { pointer: self.place.pointer.clone(), at: member.at }, fault);
    }
}

/// Fields of the common kinds, `None` where absent or faulty.
impl Fields<'_> {
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        self.get(name)?.text().map(str::to_owned)
    }

    pub(crate) fn flag(&mut self, name: &'static str) -> Option<bool> {
        self.get(name)?.flag()
    }

    pub(crate) fn has_false(&self, name: &str) -> bool {
        member(self.members, name).is_some_and(|member| member.value.json == Json::Bool(false))
    }

    pub(crate) fn allowed(
        &mut self,
        name: &'static str,
        values: &'static [&'static str],
    ) -> Option<&'static str> {
        self.get(name)?.allowed(values)
    }

    pub(crate) fn integer(
        &mut self,
        name: &'static str,
        range: std::ops::RangeInclusive<u64>,
    ) -> Option<u64> {
        self.get(name)?.integer(range)
    }

    pub(crate) fn path(&mut self, name: &'static str) -> Option<Path> {
        self.get(name)?.path()
    }

    /// `InputPath` and `OutputPath`.
    pub(crate) fn data_path(&mut self, name: &'static str) -> DataPath {
        match self.get(name) {
            Some(field) if field.node.is_null() => DataPath::Discard,
            Some(field) if field.node.text() == Some("$") => DataPath::Whole,
            Some(field) => field.path().map_or(DataPath::Whole, DataPath::Path),
            None => DataPath::Whole,
        }
    }

    pub(crate) fn template(&mut self, name: &'static str) -> Option<Template> {
        self.get(name)?.template()
    }

    /// `Parameters`, in JSONata `Arguments`.
    pub(crate) fn arguments(&mut self) -> Option<Template> {
        let arguments = self.template("Arguments");
        self.template("Parameters").or(arguments)
    }

    /// `Output`, which only JSONata has.
    pub(crate) fn output(&mut self, sees: Sees) -> Option<Template> {
        self.get("Output")?.template_that(sees)
    }

    /// A whole number: written down, computed by an expression, or at the path in the field with `Path` at its end.
    pub(crate) fn seconds(
        &mut self,
        literal: &'static str,
        path: &'static str,
        range: std::ops::RangeInclusive<u64>,
    ) -> Option<Number<u64>> {
        self.exclude(&[literal, path]);
        let number = self.get(literal).and_then(|field| {
            let written = |field: &Field<'_>| field.integer(range).map(Number::Literal);
            field.written_or_computed(written, Number::Expression)
        });
        let path = self.path(path).map(Number::Path);
        number.or(path)
    }
}
