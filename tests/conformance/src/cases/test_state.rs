//! `TestState`: one state alone, and every field of the answer.

use asl::Payload;
use chrono::{DateTime, Utc};
use execution::event::Failure;
use execution::test_state::{
    self, Answer, Configuration, Identity, Inspection, Level, Mock, Outcome, Refused, Request,
    Validation,
};
use serde_json::{Map, Value, json};

use super::case::Case;
use super::{Marks, compare};

pub(super) fn judge(case: &Case) -> Marks {
    let request = match request(case) {
        Ok(request) => request,
        Err(why) => return Marks::none_of(case, why),
    };
    let expected = compare::without_metadata(case.expected.response.as_ref());
    let ours = match test_state::run(&request) {
        Ok(Outcome::Answered(answer)) => answered(&answer),
        Ok(Outcome::Calls(_) | Outcome::Asks(_)) => {
            return Marks::none_of(case, "its work is done outside".to_owned());
        }
        Err(refused) => refusal(&refused),
    };
    let differences: Vec<String> = compare::difference(&expected, &ours).into_iter().collect();
    let mark = if expected.get("Error").is_some() { "Error" } else { "status" };
    let ended = match (expected.get(mark), ours.get(mark)) {
        (Some(expected), Some(ours)) => mark == "Error" || expected == ours,
        (expected, ours) => expected.is_none() && ours.is_none(),
    };
    Marks { status: Some(ended), outcome: Some(differences.is_empty()), history: None, differences }
}

fn request(case: &Case) -> Result<Request, String> {
    let text = |name: &str| case.params.get(name).and_then(Value::as_str).map(str::to_owned);
    let document = |name: &str| -> Result<Option<Value>, String> {
        let parsed = text(name).map(|text| serde_json::from_str(&text));
        parsed.transpose().map_err(|error| format!("{name}: {error}"))
    };
    let variables = match document("variables")? {
        Some(Value::Object(variables)) => Some(variables),
        Some(other) => return Err(format!("variables: {other}")),
        None => None,
    };
    let configuration = case.params.get("stateConfiguration").cloned().unwrap_or_default();
    let now: DateTime<Utc> = super::run::RECORDED_AT.parse().expect("a constant timestamp");
    Ok(Request {
        definition: case.definition.clone(),
        state_name: text("stateName"),
        input: Payload::parse(case.input.as_deref().unwrap_or("{}"))
            .map_err(|error| error.to_string())?,
        context: document("context")?,
        variables,
        mock: case.params.get("mock").map(mock),
        called: None,
        configuration: Configuration {
            retrier_retry_count: number(&configuration["retrierRetryCount"])
                .and_then(|count| u32::try_from(count).ok())
                .unwrap_or(0),
            map_iteration_failure_count: number(&configuration["mapIterationFailureCount"]),
            map_item_reader_data: configuration["mapItemReaderData"].as_str().map(str::to_owned),
        },
        level: match text("inspectionLevel").as_deref() {
            Some("TRACE") => Level::Trace,
            Some("DEBUG") => Level::Debug,
            Some(_) | None => Level::Info,
        },
        reveal_secrets: case.params.get("revealSecrets") == Some(&Value::Bool(true)),
        identity: identity(text("roleArn")),
        now,
        seed: 1,
    })
}

fn identity(role_arn: Option<String>) -> Identity {
    let place = "arn:aws:states:us-east-1:111111111111";
    Identity {
        execution_arn: format!("{place}:express:machine:run-1"),
        name: "run-1".to_owned(),
        machine_arn: format!("{place}:stateMachine:machine"),
        machine_name: "machine".to_owned(),
        role_arn,
    }
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64()
}

fn mock(given: &Value) -> Mock {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let error = given.get("errorOutput");
    Mock {
        result: text(&given["result"]),
        error: error.map(|it| Failure { error: text(&it["error"]), cause: text(&it["cause"]) }),
        validation: match given["fieldValidationMode"].as_str() {
            Some("PRESENT") => Validation::Present,
            Some("NONE") => Validation::None,
            Some(_) | None => Validation::Strict,
        },
    }
}

fn answered(answer: &Answer) -> Value {
    let mut json = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        json.extend(value.map(|value| (name.to_owned(), value)));
    };
    let failure = answer.failure.as_ref();
    put("status", Some(answer.status.as_str().into()));
    put("output", answer.output.as_ref().map(|output| output.text().into()));
    put("error", failure.and_then(|it| it.error.clone()).map(Value::from));
    put("cause", failure.and_then(|it| it.cause.clone()).map(Value::from));
    put("nextState", answer.next_state.clone().map(Value::from));
    put("inspectionData", answer.inspection.as_ref().map(inspected));
    Value::Object(json)
}

fn inspected(inspection: &Inspection) -> Value {
    let mut json = Map::new();
    for (name, document) in &inspection.documents {
        json.insert((*name).to_owned(), document.text().into());
    }
    let mut put = |name: &str, value: Option<Value>| {
        json.extend(value.map(|value| (name.to_owned(), value)));
    };
    put("maxConcurrency", inspection.max_concurrency.map(Value::from));
    put("toleratedFailureCount", inspection.tolerated_failure_count.map(Value::from));
    put("toleratedFailurePercentage", inspection.tolerated_failure_percentage.map(Value::from));
    put(
        "errorDetails",
        inspection.error.map(|error| {
            let all = json!({
                "retryIndex": error.retry_index,
                "retryBackoffIntervalSeconds": error.retry_backoff_seconds,
                "catchIndex": error.catch_index,
            });
            let known = all.as_object().into_iter().flatten().filter(|(_, it)| !it.is_null());
            known.map(|(name, value)| (name.clone(), value.clone())).collect()
        }),
    );
    Value::Object(json)
}

fn refusal(refused: &Refused) -> Value {
    let (code, message) = match refused {
        Refused::Definition(faults) => {
            let fault = faults.first().map(ToString::to_string).unwrap_or_default();
            ("InvalidDefinition", format!("Invalid State Machine Definition: '{fault}'"))
        }
        Refused::Unsupported(message) => ("InvalidDefinition", message.clone()),
        Refused::Validation(message) => ("ValidationException", message.clone()),
    };
    json!({ "Error": { "Code": code, "Message": message }, "message": message })
}
