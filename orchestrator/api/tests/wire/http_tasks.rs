//! HTTP tasks over a real API on loopback: results, failures by AWS's names, retries, credentials, the guard.

use std::time::Duration;

use api::http_tasks::HttpTasks;
use everstep_proto::v1;
use http_task::{Guard, Options};
use serde_json::{Value, json};
use tokio_util::sync::DropGuard;
use tonic::Code;

use crate::remote::Remote;
use crate::world::{World, http_client, loopback_options, poll, reason, soon, start};

struct Calls {
    world: World,
    remote: Remote,
    _stop: DropGuard,
}

impl Calls {
    async fn new() -> Self {
        Self::with(loopback_options()).await
    }

    async fn with(options: Options) -> Self {
        let world = World::new().await;
        let client = http_client(&world.engine, options).await;
        let stop = tokio_util::sync::CancellationToken::new();
        let tasks = HttpTasks::new(world.engine.clone(), client, 4);
        tokio::spawn(tasks.serve(stop.clone()));
        Self { world, remote: Remote::start().await, _stop: stop.drop_guard() }
    }

    /// Runs one HTTP task to its end. `more`: fields of the state besides its parameters.
    async fn run(&self, name: &str, parameters: &Value, more: &Value) -> v1::Execution {
        let started = self.start(name, parameters, more).await;
        self.world.watch(&started).await;
        self.world.describe(&started).await
    }

    async fn start(&self, name: &str, parameters: &Value, more: &Value) -> String {
        let mut state = json!({
            "Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Parameters": parameters, "End": true
        });
        for (field, value) in more.as_object().expect("an object") {
            state[field] = value.clone();
        }
        let definition = json!({"StartAt": "Call", "States": {"Call": state}});
        self.world.create(name, &definition.to_string()).await;
        self.world.start(name, "{}").await
    }

    fn get(&self, path: &str) -> Value {
        json!({"ApiEndpoint": self.remote.url(path), "Method": "GET"})
    }

    async fn connect(&self, name: &str, kind: &str, parameters: &Value) {
        let request = v1::CreateConnectionRequest {
            name: name.to_owned(),
            authorization_type: kind.to_owned(),
            auth_parameters: parameters.to_string(),
            ..v1::CreateConnectionRequest::default()
        };
        self.world.connections.clone().create_connection(request).await.expect("creates");
    }
}

fn output(execution: &v1::Execution) -> Value {
    assert_eq!(execution.status(), v1::ExecutionStatus::Succeeded, "{execution:?}");
    serde_json::from_str(execution.output.as_deref().unwrap_or_default()).expect("JSON")
}

fn failure(execution: &v1::Execution) -> (String, String) {
    assert_eq!(execution.status(), v1::ExecutionStatus::Failed, "{execution:?}");
    (execution.error.clone().unwrap_or_default(), execution.cause.clone().unwrap_or_default())
}

fn authenticated(mut parameters: Value, connection: &str) -> Value {
    let arn = format!(
        "arn:aws:events:eu-west-9:210987654321:connection/{connection}/81210c42-8af1-456b-9c4a-6ff02fc664ac"
    );
    parameters["Authentication"] = json!({ "ConnectionArn": arn });
    parameters
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_becomes_the_tasks_result() {
    let calls = Calls::new().await;
    for (name, path, status, text, body) in [
        ("json", "/json", 200, "OK", json!({"hello": "world", "id": 12_345})),
        ("text", "/text", 200, "OK", json!("plain words")),
        ("empty", "/empty", 204, "No Content", json!("")),
    ] {
        let ended = calls.run(name, &calls.get(path), &json!({})).await;
        let output = output(&ended);
        let keys: Vec<_> = output.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["Headers", "ResponseBody", "StatusCode", "StatusText"]);
        assert_eq!(output["StatusCode"], status);
        assert_eq!(output["StatusText"], text);
        assert_eq!(output["ResponseBody"], body);
    }
    let output = output(&calls.run("headers", &calls.get("/json"), &json!({})).await);
    assert_eq!(output["Headers"]["content-type"], json!(["application/json"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_sent_as_the_parameters_say() {
    let calls = Calls::new().await;
    let parameters = json!({
        "ApiEndpoint": calls.remote.url("/echo"),
        "Method": "PATCH",
        "Headers": {"X-Order": "o-1", "User-Agent": "someone"},
        "QueryParameters": {"a": "x y", "b": [1, 2]},
        "RequestBody": {"items": ["p", "q"], "note": "ü"},
        "Transform": {"RequestBodyEncoding": "URL_ENCODED", "RequestEncodingOptions": {"ArrayFormat": "REPEAT"}}
    });
    let seen = output(&calls.run("echo", &parameters, &json!({})).await)["ResponseBody"].clone();
    assert_eq!(seen["method"], "PATCH");
    assert_eq!(seen["query"], "a=x%20y&b=1&b=2");
    assert_eq!(seen["body"], "items=p&items=q&note=%C3%BC");
    assert_eq!(seen["headers"]["x-order"], "o-1");
    assert_eq!(seen["headers"]["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(seen["headers"]["user-agent"], "Everstep|HttpInvoke|us-east-1");
    assert_eq!(seen["headers"]["range"], "bytes=0-262144");
    assert_eq!(seen["headers"]["host"], calls.remote.address.to_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_bear_the_names_that_aws_documents() {
    let calls = Calls::new().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let cases = [
        ("notfound", calls.get("/status/404"), "States.Http.StatusCode.404", "this is 404"),
        ("broken", calls.get("/status/500"), "States.Http.StatusCode.500", "this is 500"),
        ("redirect", calls.get("/redirect"), "States.Http.StatusCode.302", "elsewhere"),
        ("large", calls.get("/large/262145"), "States.DataLimitExceeded", "service limit"),
        ("edge", calls.get("/large/262144"), "States.DataLimitExceeded", "service limit"),
        ("image", calls.get("/image"), "States.Runtime", "image/png"),
        ("bytes", calls.get("/bytes"), "States.Runtime", "UTF-8"),
        (
            "nobody",
            json!({"ApiEndpoint": format!("http://{closed}/"), "Method": "GET"}),
            "States.Http.Socket",
            "No connection",
        ),
        (
            "method",
            json!({"ApiEndpoint": calls.remote.url("/json")}),
            "States.Runtime",
            "The field 'Method' is required but was missing",
        ),
        (
            "stranger",
            authenticated(calls.get("/json"), "stranger"),
            "Events.ConnectionResource.ResourceNotFound",
            "connection/stranger/",
        ),
        (
            "header",
            json!({"ApiEndpoint": calls.remote.url("/json"), "Method": "GET", "Headers": {"Authorization": "x"}}),
            "States.Runtime",
            "'Authorization'",
        ),
    ];
    for (name, parameters, error, cause) in cases {
        let ended = calls.run(name, &parameters, &json!({})).await;
        let (found, why) = failure(&ended);
        assert_eq!(found, error, "{name}: {why}");
        assert!(why.contains(cause), "{name}: {why}");
    }
    assert_eq!(calls.remote.asked("/json"), 0, "no redirect is followed, nothing refused is sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_is_retried_by_its_name_and_recorded_as_aws_records_it() {
    let calls = Calls::new().await;
    let retry = json!({"Retry": [
        {"ErrorEquals": ["States.Http.StatusCode.503"], "IntervalSeconds": 1, "BackoffRate": 1.0}
    ]});
    let started = calls.start("flaky", &calls.get("/flaky/a"), &retry).await;
    let events = calls.world.watch(&started).await;
    let ended = calls.world.describe(&started).await;
    assert_eq!(output(&ended)["ResponseBody"], 3);
    assert_eq!(calls.remote.asked("/flaky/a"), 3);
    let text = format!("{events:?}");
    assert_eq!(text.matches("States.Http.StatusCode.503").count(), 2, "{text}");
    assert!(text.contains("\"http\"") && text.contains("\"invoke\""), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_without_an_answer_ends_by_whichever_limit_comes_first() {
    let allowed = vec!["127.0.0.1".parse().expect("an address")];
    let guard = Guard { allowed, allow_plain: true };
    let calls =
        Calls::with(Options { guard, timeout: Duration::from_millis(1_500), certificates: None })
            .await;
    let (error, cause) = failure(&calls.run("slow", &calls.get("/slow"), &json!({})).await);
    assert_eq!((error.as_str(), cause.contains("1.5s")), ("States.Http.Socket", true), "{cause}");
    let (error, _) = failure(&calls.run("trickle", &calls.get("/trickle"), &json!({})).await);
    assert_eq!(error, "States.Http.Socket");

    let timeout = json!({"TimeoutSeconds": 1});
    let ended = calls.run("timeout", &calls.get("/slow"), &timeout).await;
    assert_eq!(failure(&ended).0, "States.Timeout");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_execution_breaks_its_call_off_and_frees_its_place() {
    let calls = Calls::new().await;
    for round in 0..6 {
        let name = format!("slow-{round}");
        let started = calls.start(&name, &calls.get("/slow"), &json!({})).await;
        soon(calls.remote.slow_call_has_arrived()).await;
        let stop =
            v1::StopExecutionRequest { execution: started, ..v1::StopExecutionRequest::default() };
        calls.world.executions.clone().stop_execution(stop).await.expect("stops");
        soon(calls.remote.slow_caller_has_gone()).await;
    }
    output(&calls.run("after", &calls.get("/json"), &json!({})).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_authorizes_and_completes_a_call() {
    let calls = Calls::new().await;
    let basic = json!({
        "BasicAuthParameters": {"Username": "me", "Password": "hunter2"},
        "InvocationHttpParameters": {
            "HeaderParameters": [{"Key": "X-Team", "Value": "red"}],
            "QueryStringParameters": [{"Key": "key", "Value": "a&b", "IsValueSecret": true}],
            "BodyParameters": [{"Key": "tenant", "Value": "t1"}]
        }
    });
    let key =
        json!({"ApiKeyAuthParameters": {"ApiKeyName": "X-Api-Key", "ApiKeyValue": "hunter2"}});
    calls.connect("basic", "BASIC", &basic).await;
    calls.connect("key", "API_KEY", &key).await;

    let ended = calls.run("basic", &authenticated(calls.get("/echo"), "basic"), &json!({})).await;
    let seen = output(&ended)["ResponseBody"].clone();
    assert_eq!(seen["headers"]["authorization"], "Basic bWU6aHVudGVyMg==");
    assert_eq!((&seen["headers"]["x-team"], &seen["query"]), (&json!("red"), &json!("key=a%26b")));
    assert_eq!(seen["body"], r#"{"tenant":"t1"}"#);
    let ended = calls.run("key", &authenticated(calls.get("/echo"), "key"), &json!({})).await;
    assert_eq!(output(&ended)["ResponseBody"]["headers"]["x-api-key"], "hunter2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_fetched_once_kept_and_renewed_when_it_is_refused() {
    let calls = Calls::new().await;
    let oauth = |path: &str| {
        json!({"OAuthParameters": {
            "AuthorizationEndpoint": calls.remote.url(path), "HttpMethod": "POST",
            "ClientParameters": {"ClientID": "me", "ClientSecret": "hunter2-oauth"}
        }})
    };
    calls.connect("oauth", "OAUTH_CLIENT_CREDENTIALS", &oauth("/token/good")).await;
    calls.connect("refused", "OAUTH_CLIENT_CREDENTIALS", &oauth("/token/refused")).await;
    let call = |path: &str| authenticated(calls.get(path), "oauth");

    for name in ["one", "two"] {
        let ended = calls.run(name, &call("/guarded/first"), &json!({})).await;
        assert_eq!(output(&ended)["ResponseBody"], "first");
    }
    assert_eq!(calls.remote.asked("/token/good"), 1, "the token is kept");
    let ended = calls.run("three", &call("/guarded/second"), &json!({})).await;
    assert_eq!(output(&ended)["ResponseBody"], "second");
    assert_eq!(calls.remote.asked("/token/good"), 2, "one that is refused is renewed");
    let ended = calls.run("four", &call("/guarded/first"), &json!({})).await;
    assert_eq!(failure(&ended).0, "States.Http.StatusCode.401");
    assert_eq!(calls.remote.asked("/token/good"), 3, "once a call, not for ever");

    let refused = authenticated(calls.get("/guarded/first"), "refused");
    let (error, cause) = failure(&calls.run("five", &refused, &json!({})).await);
    assert_eq!(error, "Events.ConnectionResource.InvalidConnectionState");
    assert!(cause.contains("401 (invalid_client)") && !cause.contains("hunter2"), "{cause}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_orchestrators_own_network_is_closed_unless_an_operator_opens_it() {
    let calls = Calls::with(Options {
        guard: Guard { allowed: Vec::new(), allow_plain: true },
        ..Options::default()
    })
    .await;
    let port = calls.remote.address.port();
    for (name, host) in [
        ("address", "127.0.0.1".to_owned()),
        ("name", "localhost".to_owned()),
        ("number", "2130706433".to_owned()),
        ("six", "[::ffff:127.0.0.1]".to_owned()),
        ("metadata", "169.254.169.254".to_owned()),
    ] {
        let parameters =
            json!({"ApiEndpoint": format!("http://{host}:{port}/json"), "Method": "GET"});
        let (error, cause) = failure(&calls.run(name, &parameters, &json!({})).await);
        assert_eq!(error, "Everstep.ForbiddenAddress", "{host}: {cause}");
        assert!(cause.contains("--http-allow"), "{cause}");
    }
    // An authorization endpoint inside is as closed as an API.
    let oauth = json!({"OAuthParameters": {
        "AuthorizationEndpoint": calls.remote.url("/token/good"), "HttpMethod": "POST",
        "ClientParameters": {"ClientID": "me", "ClientSecret": "hunter2-oauth"}
    }});
    calls.connect("inside", "OAUTH_CLIENT_CREDENTIALS", &oauth).await;
    let outside = json!({"ApiEndpoint": "https://example.com/", "Method": "GET"});
    let ended = calls.run("oauth", &authenticated(outside, "inside"), &json!({})).await;
    let (error, cause) = failure(&ended);
    assert_eq!(error, "Events.ConnectionResource.InvalidConnectionState");
    assert!(cause.contains("may not be called"), "{cause}");
    assert_eq!((calls.remote.asked("/json"), calls.remote.asked("/token/good")), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_worker_takes_what_everstep_serves_itself() {
    let world = World::new().await;
    for queue in
        ["http:invoke", "http:anything", "states:startExecution", "states:startExecution.sync:2"]
    {
        let refused = world.tasks.clone().poll_tasks(poll(queue)).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{queue}");
        assert_eq!(reason(&refused), "ValidationException");
        assert!(refused.message().contains("Everstep itself serves"), "{}", refused.message());
        let request = v1::WorkRequest {
            subscribe: Some(v1::work_request::Subscription {
                worker: "worker-1".to_owned(),
                ..v1::work_request::Subscription::default()
            }),
            credits: vec![v1::work_request::Credit { queue: queue.to_owned(), tasks: 1 }],
            ..v1::WorkRequest::default()
        };
        let stream = world.tasks.clone().work(tokio_stream::iter([request])).await;
        assert_eq!(stream.map(|_| ()).unwrap_err().code(), Code::InvalidArgument, "{queue}");
    }
    let mut sqs = poll("sqs:sendMessage");
    sqs.wait = Some(prost_types::Duration::default());
    world.tasks.clone().poll_tasks(sqs).await.expect("any other service's queue is a worker's");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_namespace_calls_with_its_own_connections() {
    let calls = Calls::new().await;
    let namespace = v1::CreateNamespaceRequest { name: "team".to_owned(), settings: None };
    calls.world.namespaces.clone().create_namespace(namespace).await.unwrap();
    let key =
        json!({"ApiKeyAuthParameters": {"ApiKeyName": "X-Api-Key", "ApiKeyValue": "hunter2"}});
    calls.connect("key", "API_KEY", &key).await;

    let definition = json!({"StartAt": "Call", "States": {"Call": {
        "Type": "Task", "Resource": "arn:aws:states:::http:invoke", "End": true,
        "Parameters": authenticated(calls.get("/echo"), "key")
    }}});
    let created = v1::CreateStateMachineRequest {
        namespace: "team".to_owned(),
        ..crate::world::create("call", &definition.to_string())
    };
    calls.world.machines.clone().create_state_machine(created).await.unwrap();
    let request = v1::StartExecutionAndWaitRequest {
        start: Some(v1::StartExecutionRequest {
            namespace: "team".to_owned(),
            ..start("call", "{}")
        }),
        wait: None,
    };
    let ended = calls.world.executions.clone().start_execution_and_wait(request).await.unwrap();
    let (error, _) = failure(&ended.into_inner());
    assert_eq!(error, "Events.ConnectionResource.ResourceNotFound");
    assert_eq!(calls.remote.asked("/echo"), 0);
}
