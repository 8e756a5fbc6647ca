//! The rows of `docs/spec-coverage.md`: `| of | name | shown by |`, where the last is `FILE` or `FILE::test`.

use std::path::Path;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const PAGE: &str = include_str!("../../../../docs/spec-coverage.md");

pub(crate) struct Row {
    /// The object that has the field; `error`; `intrinsic`.
    pub(crate) of: String,
    pub(crate) name: String,
    test: String,
}

pub(crate) fn rows() -> Vec<Row> {
    let rows = PAGE.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [of, name, test] = cells[..] else { panic!("a row has three cells: {line}") };
        let bare = |cell: &str| cell.trim_matches('`').to_owned();
        Row { of: of.to_owned(), name: bare(name), test: bare(test) }
    };
    rows.map(row).collect()
}

impl Row {
    /// What is wrong with the test that it names.
    pub(crate) fn fault(&self) -> Result<(), String> {
        let at = |what: &str| Err(format!("{} {}: {} {what}", self.of, self.name, self.test));
        let (file, test) = match self.test.split_once("::") {
            Some((file, test)) => (file, Some(test)),
            None => (self.test.as_str(), None),
        };
        let path = Path::new(ROOT).join(file);
        let Ok(source) = std::fs::read_to_string(&path) else {
            return at("is no file");
        };
        if !source.contains(&self.name) {
            return at("does not speak of it");
        }
        match test {
            Some(test) if !source.contains(&format!("fn {test}()")) => at("is no test"),
            None if path.extension().is_some_and(|it| it == "rs") => {
                at("names a file of tests and none of them")
            }
            Some(_) | None => Ok(()),
        }
    }
}
