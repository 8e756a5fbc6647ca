//! How an expectation is compared: the rules of the recordings' own page.

use serde_json::Value;

/// These strings match anything.
const ANYTHING: [&str; 14] = [
    "timestamp",
    "date",
    "datetime",
    "start-date",
    "stop-date",
    "creation-date",
    "start-time",
    "RequestId",
    "snf_role_arn",
    "sfn_role_arn",
    "activity_arn",
    "log_group_name",
    "RandomNumberGenerated",
    "111111111111",
];

/// Placeholders that the recordings hold beside those that their page lists: names, and texts left out.
const PLACEHOLDERS: [&str; 7] = [
    "lambda_function_name",
    "lambda_function_1_name",
    "function_name_branch1",
    "function_name_branch2",
    "stateExitedEventDetails.output",
    "executionSucceededEventDetails.output",
    "entered-time",
];

/// What the call of a real Lambda function adds, and no worker of ours has.
const OF_LAMBDA_CALLS: [&str; 2] = ["SdkHttpMetadata", "SdkResponseMetadata"];

/// Every event that differs. The events of parallel branches were recorded in no order and without ids (`[0]`).
pub fn histories(expected: &[Value], ours: &[Value]) -> Vec<String> {
    let mut differences = Vec::new();
    let is_ordered = |event: &&Value| event["id"].is_u64();
    let mut rest: Vec<&Value> = ours.iter().collect();
    for event in expected.iter().filter(is_ordered) {
        let Some(index) = rest.iter().position(|ours| ours["id"] == event["id"]) else {
            differences.push(format!("event {} {} is missing", event["id"], event["type"]));
            continue;
        };
        let ours = rest.remove(index);
        let found = difference(event, ours);
        differences.extend(found.map(|found| format!("event {}{found}", event["id"])));
    }
    for event in expected.iter().filter(|event| !is_ordered(event)) {
        match rest.iter().position(|ours| difference(&unplaced(event), &unplaced(ours)).is_none()) {
            Some(index) => drop(rest.remove(index)),
            None => differences.push(format!("an event is missing: {event}")),
        }
    }
    let has_unordered = expected.iter().any(|event| !is_ordered(&event));
    // Where the order was taken out, so were the events that have no name.
    rest.retain(|event| {
        !(has_unordered && event.as_object().is_some_and(|event| event.len() == 3))
    });
    differences.extend(rest.iter().map(|event| format!("an event too many: {event}")));
    differences
}

fn unplaced(event: &Value) -> Value {
    let mut event = event.clone();
    if let Some(fields) = event.as_object_mut() {
        fields.shift_remove("id");
        fields.shift_remove("previousEventId");
    }
    event
}

/// Where and how `ours` is not what is expected.
pub fn difference(expected: &Value, ours: &Value) -> Option<String> {
    match (expected, ours) {
        (Value::String(expected), _)
            if ANYTHING.contains(&expected.as_str())
                || PLACEHOLDERS.contains(&expected.as_str()) =>
        {
            None
        }
        (Value::Object(_) | Value::Array(_), Value::String(text)) => {
            match serde_json::from_str::<Value>(text) {
                Ok(ours) => difference(expected, &ours),
                Err(_) => Some(format!(": expected {expected}, got the text {text:?}")),
            }
        }
        (Value::Object(expected), Value::Object(ours)) => {
            let expected_keys =
                expected.keys().filter(|key| !OF_LAMBDA_CALLS.contains(&key.as_str()));
            let surplus = ours.keys().find(|key| !expected.contains_key(*key));
            expected_keys
                .filter(|key| *key != "timestamp")
                .find_map(|key| {
                    let difference = match ours.get(key) {
                        Some(ours) => difference(&expected[key], ours),
                        None => Some(format!(": expected {}, got nothing", expected[key])),
                    };
                    difference.map(|difference| format!(".{key}{difference}"))
                })
                .or_else(|| surplus.map(|key| format!(".{key}: not expected: {}", ours[key])))
        }
        (Value::Array(expected), Value::Array(ours)) if expected.len() == ours.len() => {
            let pairs = expected.iter().zip(ours).enumerate();
            pairs.into_iter().find_map(|(index, (expected, ours))| {
                difference(expected, ours).map(|difference| format!("[{index}]{difference}"))
            })
        }
        (Value::String(pattern), Value::String(text)) if matches(pattern, text) => None,
        (Value::String(expected), Value::String(ours)) => texts_difference(expected, ours),
        (Value::Number(expected), Value::Number(ours)) if expected.as_f64() == ours.as_f64() => {
            None
        }
        _ if expected == ours => None,
        _ => Some(format!(": expected {expected}, got {ours}")),
    }
}

/// Objects within texts were written anew by the recorder, with other white space.
fn texts_difference(expected: &str, ours: &str) -> Option<String> {
    let object = |text| serde_json::from_str::<serde_json::Map<String, Value>>(text);
    // A variable's value is JSON text, and the recorder put its words for times within.
    let quoted = |text| serde_json::from_str::<String>(text);
    match (object(expected), object(ours)) {
        (Ok(expected), Ok(ours)) => difference(&Value::Object(expected), &Value::Object(ours)),
        _ if quoted(expected).is_ok_and(|it| ANYTHING.contains(&it.as_str()))
            && quoted(ours).is_ok() =>
        {
            None
        }
        _ => Some(format!(": expected {expected:?}, got {ours:?}")),
    }
}

/// `<…>` stands for any text, `111111111111` for any account.
fn matches(pattern: &str, text: &str) -> bool {
    let mut pattern = pattern.replace("111111111111", "<account>");
    for placeholder in PLACEHOLDERS {
        pattern =
            pattern.replace(&format!("<{placeholder}>"), "<any>").replace(placeholder, "<any>");
    }
    let mut literals = Vec::new();
    let mut rest = pattern.as_str();
    while let Some((before, after)) = rest.split_once('<') {
        let Some((_, after)) = after.split_once('>') else { break };
        literals.push(before);
        rest = after;
    }
    let Some(mut text) = text.strip_prefix(*literals.first().unwrap_or(&rest)) else {
        return false;
    };
    if literals.is_empty() {
        return text.is_empty();
    }
    for literal in &literals[1..] {
        let Some(at) = text.find(literal) else { return false };
        text = &text[at + literal.len()..];
    }
    text.ends_with(rest)
}

/// An output that is a scalar was recorded as its value.
pub fn as_recorded(expected: &Value, ours: &Value) -> Value {
    let parsed = ours.as_str().and_then(|text| serde_json::from_str(text).ok());
    match (expected, parsed) {
        (Value::Object(_) | Value::Array(_), _) | (_, None) => ours.clone(),
        (_, Some(_)) if expected == ours => ours.clone(),
        (_, Some(parsed)) => parsed,
    }
}

/// A recorded response without what the HTTP client of the recorder added.
pub fn without_metadata(response: Option<&Value>) -> Value {
    let mut response = response.cloned().unwrap_or_default();
    if let Some(fields) = response.as_object_mut() {
        fields.shift_remove("ResponseMetadata");
    }
    response
}
