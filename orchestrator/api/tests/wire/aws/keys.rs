//! Signed requests: by whom they are taken to be, and what is answered where a signature proves nothing.

use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::client::{Refused, header, text};
use crate::keys::Key;
use crate::world::{PASS, World};

/// AWS's way to sign, as its documentation has it.
struct Signer<'a> {
    key: &'a Key,
    secret: &'a str,
    region: &'a str,
    service: &'a str,
    at: DateTime<Utc>,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

impl<'a> Signer<'a> {
    fn new(key: &'a Key) -> Self {
        Self { key, secret: &key.secret, region: "us-east-1", service: "states", at: Utc::now() }
    }

    fn sign(&self, host: &str, operation: &str, body: &str) -> HeaderMap {
        let Self { key, secret, region, service, at } = self;
        let (stamp, day) = (at.format("%Y%m%dT%H%M%SZ").to_string(), at.format("%Y%m%d"));
        let signed = "content-type;host;x-amz-date;x-amz-target";
        let canonical = format!(
            "POST\n/\n\ncontent-type:application/x-amz-json-1.0\nhost:{host}\nx-amz-date:{stamp}\n\
             x-amz-target:AWSStepFunctions.{operation}\n\n{signed}\n{}",
            hex(&Sha256::digest(body))
        );
        let scope = format!("{day}/{region}/{service}/aws4_request");
        let hashed = hex(&Sha256::digest(canonical));
        let to_sign = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashed}");
        let parts = [&day.to_string(), *region, *service, "aws4_request"];
        let first = format!("AWS4{secret}").into_bytes();
        let derived = parts.iter().fold(first, |key, part| mac(&key, part));
        let signature = hex(&mac(&derived, &to_sign));
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={signed}, Signature={signature}",
            key.id
        );
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-date", stamp.parse().expect("ASCII"));
        headers.insert("authorization", authorization.parse().expect("ASCII"));
        headers
    }

    async fn call(&self, world: &World, operation: &str, input: &Value) -> Result<Value, Refused> {
        let body = input.to_string();
        let headers = self.sign(&world.address.to_string(), operation, &body);
        send(world, operation, headers, body).await
    }
}

async fn send(
    world: &World,
    operation: &str,
    headers: HeaderMap,
    body: String,
) -> Result<Value, Refused> {
    let aws = world.aws();
    let request = aws.post().header("x-amz-target", format!("AWSStepFunctions.{operation}"));
    let response = request.headers(headers).body(body).send().await.expect("is answered");
    let (status, error) = (response.status(), header(&response, "x-amzn-errortype"));
    let body: Value = response.json().await.expect("a document");
    if status.is_success() {
        return Ok(body);
    }
    assert_eq!(body["__type"], error);
    aws.note_refusal(&error);
    Err(Refused { status: status.as_u16(), body })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signed_request_is_for_the_namespace_of_its_key() {
    let world = World::apart().await;
    world.namespace("shop").await;
    let (own, shop) = (world.key("default", false).await, world.key("shop", false).await);
    world.until_asked().await;
    let create = json!({ "name": "pay", "definition": PASS, "roleArn": super::client::ROLE });

    let made =
        Signer::new(&shop).call(&world, "CreateStateMachine", &create).await.expect("creates");

    let list = async |key: &Key| {
        let listed = Signer::new(key).call(&world, "ListStateMachines", &json!({})).await;
        listed.expect("lists")["stateMachines"].as_array().expect("a list").len()
    };
    assert_eq!((list(&own).await, list(&shop).await), (0, 1));
    let start = json!({ "stateMachineArn": text(&made, "stateMachineArn") });
    // Two equal polls within a second carry one signature; so may any two requests.
    let signer = Signer::new(&shop);
    for _ in 0..2 {
        signer.call(&world, "StartExecution", &start).await.expect("starts");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_proves_nothing_is_refused_in_the_words_of_aws() {
    let world = World::apart().await;
    let key = world.key("default", false).await;
    world.until_asked().await;
    let empty = json!({});
    let refused = async |signer: Signer<'_>| {
        let refused = signer.call(&world, "ListStateMachines", &empty).await;
        let refused = refused.expect_err("it is refused");
        assert_eq!(refused.status, 400);
        (refused.code().to_owned(), refused.message().to_owned())
    };
    let mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                    Access Key and signing method. Consult the service documentation for details.";
    let invalid = |message: &str| ("InvalidSignatureException".to_owned(), message.to_owned());
    let unrecognized = (
        "UnrecognizedClientException".to_owned(),
        "The security token included in the request is invalid.".to_owned(),
    );

    let unsigned = send(&world, "ListStateMachines", HeaderMap::new(), "{}".to_owned()).await;
    let unsigned = unsigned.expect_err("it is refused");
    assert_eq!((unsigned.status, unsigned.code()), (400, "MissingAuthenticationTokenException"));
    assert_eq!(unsigned.message(), "Missing Authentication Token");
    let stranger = Key { id: "AKIDEXAMPLE".to_owned(), ..key.clone() };
    assert_eq!(refused(Signer::new(&stranger)).await, unrecognized);
    assert_eq!(refused(Signer { secret: "another", ..Signer::new(&key) }).await, invalid(mismatch));
    assert_eq!(
        refused(Signer { region: "eu-west-1", ..Signer::new(&key) }).await,
        invalid("Credential should be scoped to a valid region, not 'eu-west-1'. ")
    );
    assert_eq!(
        refused(Signer { service: "sqs", ..Signer::new(&key) }).await,
        invalid("Credential should be scoped to correct service: 'states'. ")
    );
    for (minutes, begins) in [(-6, "Signature expired: "), (6, "Signature not yet current: ")] {
        let at = Utc::now() + TimeDelta::minutes(minutes);
        let (code, message) = refused(Signer { at, ..Signer::new(&key) }).await;
        assert!(code == "InvalidSignatureException" && message.starts_with(begins), "{message}");
        assert!(message.ends_with(" 5 min.)"), "{message}");
    }

    // A signature covers what was asked for and how; a session token is nobody's.
    let host = world.address.to_string();
    let headers = Signer::new(&key).sign(&host, "ListStateMachines", "{}");
    let other =
        send(&world, "ListStateMachines", headers.clone(), r#"{"maxResults": 1}"#.to_owned());
    assert_eq!(other.await.expect_err("it is refused").message(), mismatch);
    let other = send(&world, "ListActivities", headers.clone(), "{}".to_owned()).await;
    assert_eq!(other.expect_err("it is refused").message(), mismatch);
    let mut with_token = headers;
    with_token.insert("x-amz-security-token", "token".parse().expect("ASCII"));
    let other = send(&world, "ListStateMachines", with_token, "{}".to_owned()).await;
    assert_eq!(other.expect_err("it is refused").code(), "UnrecognizedClientException");
    let mut loose = HeaderMap::new();
    loose.insert("authorization", "AWS4-HMAC-SHA256 Credential=a/b".parse().expect("ASCII"));
    let other = send(&world, "ListStateMachines", loose, "{}".to_owned()).await;
    assert_eq!(other.expect_err("it is refused").code(), "IncompleteSignatureException");
}
