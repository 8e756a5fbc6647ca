//! The fields of each object of a definition, in the checker's own words: it lists them to whoever writes one that it
//! does not know.

use asl::StateMachine;

const OBJECTS: &str = include_str!("objects.txt");

/// (object, field) of every object.
pub(crate) fn all() -> Vec<(String, String)> {
    let objects = OBJECTS.lines().filter(|line| !line.starts_with('#'));
    let fields = objects.flat_map(|line| {
        let (object, written) = line.split_once(": ").expect("an object and its definition");
        fields_of(object, &definition(written)).into_iter().map(|field| (object.to_owned(), field))
    });
    fields.collect()
}

fn definition(written: &str) -> String {
    let written = written
        .replace(
            "@distributed",
            r#""Type": "Map", "End": true, "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, @flow}"#,
        )
        .replace("@flow", r#""StartAt": "Q", "States": {"Q": {"Type": "Succeed"}}"#)
        .replace("@jsonata", r#""QueryLanguage": "JSONata""#)
        .replace("@unknown", r#""Qqqq": 0"#);
    if written.contains(r#""P": "#) {
        return written;
    }
    format!(r#"{{"StartAt": "S", "States": {{"S": {written}, "P": {{"Type": "Succeed"}}}}}}"#)
}

fn fields_of(object: &str, definition: &str) -> Vec<String> {
    let diagnostics = StateMachine::check(definition);
    let told = diagnostics.iter().find(|it| it.message == "Field 'Qqqq' is not supported");
    let told = told.unwrap_or_else(|| panic!("{object}: {definition}\n{diagnostics:#?}"));
    let listed = told.advice.strip_prefix("Remove it; the fields here are ");
    let listed = listed.and_then(|listed| listed.strip_suffix('.')).expect("it lists them");
    listed.replace(" and ", ", ").split(", ").map(str::to_owned).collect()
}
