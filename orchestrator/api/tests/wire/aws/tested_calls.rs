//! `TestState` of an HTTP task without a mock: the call is made, and shown in the form of AWS's documentation ("Using
//! `TestState` API to test a state", its example with TRACE and revealSecrets).

use everstep_proto::v1;
use serde_json::{Value, json};

use super::client::{Aws, ROLE};
use crate::remote::Remote;
use crate::world::World;

/// One state, and what it calls.
struct Tested {
    world: World,
    remote: Remote,
}

impl Tested {
    async fn new() -> Self {
        Self::on(World::new().await).await
    }

    async fn revealing() -> Self {
        Self::on(World::revealing().await).await
    }

    async fn on(world: World) -> Self {
        let connection = json!({
            "ApiKeyAuthParameters": { "ApiKeyName": "x-key", "ApiKeyValue": "key-hunter2" },
            "InvocationHttpParameters": {
                "HeaderParameters": [{ "Key": "x-team", "Value": "team-hunter2", "IsValueSecret": true }],
                "QueryStringParameters": [{ "Key": "added", "Value": "query-hunter2", "IsValueSecret": true }],
                "BodyParameters": [{ "Key": "extra", "Value": "body-hunter2", "IsValueSecret": true }],
            },
        });
        let request = v1::CreateConnectionRequest {
            name: "payments".to_owned(),
            authorization_type: "API_KEY".to_owned(),
            auth_parameters: connection.to_string(),
            ..v1::CreateConnectionRequest::default()
        };
        world.connections.clone().create_connection(request).await.expect("creates");
        Self { world, remote: Remote::start().await }
    }

    fn aws(&self) -> Aws {
        self.world.aws()
    }

    /// A request to test a task that calls `path`; `more`: fields of the state besides its resource and endpoint.
    fn request(&self, path: &str, parameters: Value, more: Value) -> Value {
        let mut state = json!({
            "Type": "Task", "Resource": "arn:aws:states:::http:invoke", "End": true,
            "Parameters": { "ApiEndpoint": self.remote.url(path), "Method": "GET" },
        });
        merge(&mut state["Parameters"], parameters);
        merge(&mut state, more);
        json!({ "definition": state.to_string(), "roleArn": ROLE, "inspectionLevel": "TRACE" })
    }

    async fn test(&self, path: &str, parameters: Value, more: Value) -> Value {
        self.aws().ok("TestState", self.request(path, parameters, more)).await
    }
}

fn merge(into: &mut Value, fields: Value) {
    let Value::Object(fields) = fields else { panic!("fields are an object") };
    into.as_object_mut().expect("an object").extend(fields);
}

fn charge() -> Value {
    json!({
        "Method": "POST", "RequestBody": { "amount": 3 }, "QueryParameters": { "q": "q1" },
        "Headers": { "x-request": "h1" }, "Authentication": { "ConnectionArn": "payments" },
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_made_and_shown_without_what_its_connection_adds() {
    let tested = Tested::new().await;

    let answer = tested.test("/echo", charge(), json!({})).await;

    assert_eq!(answer["status"], "SUCCEEDED", "{answer}");
    let output: Value = serde_json::from_str(answer["output"].as_str().expect("a text")).unwrap();
    assert_eq!(output["StatusCode"], 200);
    let arrived = &output["ResponseBody"];
    assert_eq!(arrived["query"], "q=q1&added=query-hunter2", "the connection's are sent");
    assert_eq!(arrived["headers"]["x-key"], "key-hunter2");
    let shown = &answer["inspectionData"];
    assert_eq!(shown["result"], answer["output"]);
    let request = &shown["request"];
    assert_eq!(request["protocol"], "http");
    assert_eq!(request["method"], "POST");
    assert_eq!(request["url"], format!("{}?q=q1", tested.remote.url("/echo")));
    assert_eq!(request["body"], r#"{"amount":3}"#);
    assert_eq!(
        request["headers"],
        "[x-request: h1, content-type: application/json; charset=UTF-8, \
         user-agent: Everstep|HttpInvoke|us-east-1, range: bytes=0-262144]"
    );
    assert!(!request.to_string().contains("hunter2"), "{request}");
    let response = &shown["response"];
    assert_eq!(response["protocol"], "http");
    assert_eq!(response["statusCode"], "200");
    assert_eq!(response["statusMessage"], "OK");
    let headers = response["headers"].as_str().expect("a text");
    assert!(headers.starts_with("[content-type: application/json, content-length: "), "{headers}");
    let body: Value = serde_json::from_str(response["body"].as_str().expect("a text")).unwrap();
    assert_eq!(body, *arrived);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_connection_adds_is_shown_where_the_server_permits_it() {
    let tested = Tested::revealing().await;
    let mut request = tested.request("/echo", charge(), json!({}));
    request["revealSecrets"] = true.into();

    let answer = tested.aws().ok("TestState", request).await;

    let sent = &answer["inspectionData"]["request"];
    assert_eq!(sent["url"], format!("{}?q=q1&added=query-hunter2", tested.remote.url("/echo")));
    assert_eq!(sent["body"], r#"{"amount":3,"extra":"body-hunter2"}"#);
    let headers = sent["headers"].as_str().expect("a text");
    assert!(headers.contains("x-team: team-hunter2"), "{headers}");
    assert!(headers.contains("x-key: key-hunter2"), "{headers}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_secrets_of_a_server_that_keeps_them_is_refused_and_nothing_is_called() {
    let tested = Tested::new().await;
    let mut request = tested.request("/echo", charge(), json!({}));
    request["revealSecrets"] = true.into();

    let refused = tested.aws().refused("TestState", request).await;

    assert_eq!(refused.code(), "AccessDeniedException");
    assert!(refused.message().contains("--http-reveal-secrets"), "{}", refused.message());
    assert_eq!(tested.remote.asked("/echo"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn below_trace_no_call_is_shown() {
    let tested = Tested::new().await;
    let mut request = tested.request("/json", json!({}), json!({}));
    request["inspectionLevel"] = "DEBUG".into();

    let answer = tested.aws().ok("TestState", request).await;

    assert_eq!(answer["status"], "SUCCEEDED");
    let shown = answer["inspectionData"].as_object().expect("an object");
    assert!(shown.contains_key("afterParameters") && shown.contains_key("result"), "{shown:?}");
    assert!(!shown.contains_key("request") && !shown.contains_key("response"), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_is_shown_with_its_answer_and_goes_through_the_states_retriers_and_catchers() {
    let tested = Tested::new().await;
    let retry = json!([{ "ErrorEquals": ["States.Http.StatusCode.503"], "IntervalSeconds": 7 }]);
    let catch = json!([{ "ErrorEquals": ["States.ALL"], "Next": "Refund" }]);
    for (path, status, more) in [
        ("/status/404", "FAILED", json!({})),
        ("/status/503", "RETRIABLE", json!({ "Retry": retry })),
        ("/status/500", "CAUGHT_ERROR", json!({ "Catch": catch })),
    ] {
        let answer = tested.test(path, json!({}), more).await;

        assert_eq!(answer["status"], status, "{path}: {answer}");
        let code = path.rsplit('/').next().expect("a code");
        assert_eq!(answer["error"], format!("States.Http.StatusCode.{code}"));
        assert_eq!(answer["cause"], format!("this is {code}"));
        let shown = &answer["inspectionData"];
        assert_eq!(shown["response"]["statusCode"], code);
        assert_eq!(shown["response"]["body"], format!("this is {code}"));
        assert_eq!(shown["request"]["method"], "GET");
        assert_eq!(shown.get("result"), None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_sent_is_not_shown() {
    let tested = Tested::new().await;
    let unknown = json!({ "Authentication": { "ConnectionArn": "unknown" } });
    let elsewhere = json!({ "ApiEndpoint": "https://169.254.169.254/secret" });
    for (parameters, error) in [
        (json!({ "Method": "STEAL" }), "States.Runtime"),
        (unknown, "Events.ConnectionResource.ResourceNotFound"),
        (elsewhere, "Everstep.ForbiddenAddress"),
    ] {
        let answer = tested.test("/json", parameters, json!({})).await;

        assert_eq!(answer["status"], "FAILED", "{answer}");
        assert_eq!(answer["error"], error, "{answer}");
        let shown = &answer["inspectionData"];
        assert_eq!((shown.get("request"), shown.get("response")), (None, None), "{shown}");
    }
    assert_eq!(tested.remote.asked("/json"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_that_fails_before_its_call_makes_none() {
    let tested = Tested::new().await;
    let answer = tested.test("/json", json!({ "Headers": { "x.$": "$.none" } }), json!({})).await;
    assert_eq!(answer["status"], "FAILED");
    assert_eq!(tested.remote.asked("/json"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_ends_with_the_states_timeout() {
    let tested = Tested::new().await;
    let answer = tested.test("/slow", json!({}), json!({ "TimeoutSeconds": 1 })).await;
    assert_eq!((&answer["status"], &answer["error"]), (&json!("FAILED"), &json!("States.Timeout")));
    let shown = &answer["inspectionData"];
    assert_eq!(shown["request"]["method"], "GET");
    assert_eq!(shown.get("response"), None, "{shown}");
    tested.remote.slow_caller_has_gone().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_shown_over_grpc_header_by_header() {
    let tested = Tested::new().await;
    let request = tested.request("/json", json!({}), json!({}));
    let request = v1::TestStateRequest {
        definition: request["definition"].as_str().expect("a text").to_owned(),
        inspection_level: v1::InspectionLevel::Trace.into(),
        ..v1::TestStateRequest::default()
    };

    let answer = tested.world.machines.clone().test_state(request).await.expect("is tested");

    let shown = answer.into_inner().inspection_data.expect("at TRACE");
    let (sent, received) = (shown.request.expect("it was sent"), shown.response.expect("answered"));
    assert_eq!((sent.method.as_str(), sent.body), ("GET", None));
    let names: Vec<_> = sent.headers.iter().map(|header| header.name.as_str()).collect();
    assert_eq!(names, ["user-agent", "range"]);
    assert_eq!((received.status_code, received.status_message.as_str()), (200, "OK"));
    assert_eq!(received.body.as_deref(), Some(r#"{"hello":"world","id":12345}"#));
}
