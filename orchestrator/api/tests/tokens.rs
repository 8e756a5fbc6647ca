//! Task tokens and ARNs: what is ours is read, and nothing else is.

use api::arn::{self, ArnError};
use api::seal::Seal;
use api::token::{InvalidTaskToken, TASK_TOKEN_LENGTH, TaskToken};
use engine::{Held, Namespace};
use execution::{ExecutionId, WaitId};
use proptest::prelude::*;
use store::{NamespaceId, NodeId};
use uuid::Uuid;

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn token() -> impl Strategy<Value = TaskToken> {
    (any::<u128>(), any::<u64>(), any::<u32>(), 1..i32::MAX).prop_map(
        |(id, wait, node_hint, namespace)| TaskToken {
            execution: ExecutionId(Uuid::from_u128(id)),
            wait: WaitId(wait),
            node_hint,
            namespace: Some(NamespaceId(namespace)),
        },
    )
}

proptest! {
    #[test]
    fn a_token_reads_as_what_it_was_made_of(token in token(), secret in any::<[u8; 32]>()) {
        let seal = Seal::new(&secret);
        let text = token.seal(&seal);

        prop_assert_eq!(text.len(), TASK_TOKEN_LENGTH);
        prop_assert_eq!(TaskToken::open(&seal, &text), Ok(token));
    }

    #[test]
    fn a_token_with_one_character_changed_is_refused(token in token(), at in 0..TASK_TOKEN_LENGTH, by in 1usize..64) {
        let seal = Seal::new(b"secret");
        let mut text = token.seal(&seal).into_bytes();
        let found = ALPHABET.iter().position(|letter| *letter == text[at]).unwrap();
        text[at] = ALPHABET[(found + by) % 64];

        let text = String::from_utf8(text).unwrap();
        prop_assert_eq!(TaskToken::open(&seal, &text), Err(InvalidTaskToken));
    }

    #[test]
    fn a_token_of_another_database_is_refused(token in token()) {
        let text = token.seal(&Seal::new(b"another"));
        prop_assert_eq!(TaskToken::open(&Seal::new(b"secret"), &text), Err(InvalidTaskToken));
    }

    #[test]
    fn a_truncated_or_lengthened_token_is_refused(token in token(), length in 0..TASK_TOKEN_LENGTH) {
        let seal = Seal::new(b"secret");
        let text = token.seal(&seal);

        prop_assert_eq!(TaskToken::open(&seal, &text[..length]), Err(InvalidTaskToken));
        prop_assert_eq!(TaskToken::open(&seal, &format!("{text}A")), Err(InvalidTaskToken));
    }

    #[test]
    fn any_text_is_refused_and_none_panics(text in "\\PC{0,80}") {
        prop_assert_eq!(TaskToken::open(&Seal::new(b"secret"), &text), Err(InvalidTaskToken));
    }

    #[test]
    fn any_text_as_an_arn_is_answered(text in "(arn|aws|states|:|execution|[a-z]{0,4}){0,12}") {
        let _ = arn::parse_execution(&namespace(), &text);
        let _ = arn::parse_state_machine(&namespace(), &text);
    }
}

fn namespace() -> Namespace {
    Namespace {
        id: NamespaceId(1),
        name: "default".to_owned(),
        partition: "aws".to_owned(),
        region: "us-east-1".to_owned(),
        account: "000000000000".to_owned(),
        task_timeout_seconds: 99_999_999,
        payload_bytes_max: 262_144,
        limits: store::Limits::default(),
    }
}

/// The format is held by whoever waits to answer: this text was sealed by the first version.
#[test]
fn a_token_of_the_first_version_still_opens_and_names_no_namespace() {
    let text = "AQAAAAAAAAAAAAAAAAAAAAcAAAAAAAAAAwAAAAlcSCwbieWMIwaHZYdXGQtX";
    let opened = TaskToken::open(&Seal::new(b"secret"), text).unwrap();
    assert_eq!((opened.execution.0.as_u128(), opened.wait, opened.node_hint), (7, WaitId(3), 9));
    assert_eq!(opened.namespace, None);
}

#[test]
fn an_arn_reads_as_what_it_was_made_of() {
    let namespace = namespace();
    let machine = arn::state_machine(&namespace, "order");
    let execution = arn::execution(&namespace, "order", "o-1");
    let activity = arn::activity(&namespace, "pay");

    assert_eq!(machine, "arn:aws:states:us-east-1:000000000000:stateMachine:order");
    assert_eq!(execution, "arn:aws:states:us-east-1:000000000000:execution:order:o-1");
    assert_eq!(activity, "arn:aws:states:us-east-1:000000000000:activity:pay");
    assert_eq!(arn::parse_state_machine(&namespace, &machine), Ok("order"));
    assert_eq!(arn::parse_execution(&namespace, &execution), Ok(("order", "o-1")));
    assert_eq!(arn::parse_activity(&namespace, &activity), Ok("pay"));
}

#[test]
fn an_arn_of_elsewhere_says_what_differs() {
    let cases = [
        ("arn:aws-cn:states:us-east-1:000000000000:execution:m:e", "the partition"),
        ("arn:aws:states:eu-west-1:000000000000:execution:m:e", "the region"),
        ("arn:aws:states:us-east-1:123456789012:execution:m:e", "the account"),
    ];
    for (text, differs) in cases {
        match arn::parse_execution(&namespace(), text) {
            Err(ArnError::Foreign { part, .. }) => assert_eq!(part, differs, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn a_text_that_is_no_such_arn_is_refused_in_awss_words() {
    let cases = [
        ("x", "Invalid ARN prefix: x"),
        (
            "arn:aws:lambda:us-east-1:000000000000:function:f",
            "Invalid ARN prefix: arn:aws:lambda:us-east-1:000000000000:function:f",
        ),
        (
            "arn:aws:states:us-east-1:000000000000:express:m:e",
            "Resource type not valid in this context: express",
        ),
        (
            "arn:aws:states:us-east-1:000000000000:execution:m:e:7",
            "Too many parts: arn:aws:states:us-east-1:000000000000:execution:m:e:7",
        ),
    ];
    for (text, expected) in cases {
        let error = arn::parse_execution(&namespace(), text).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_token_says_which_node_handed_the_task_out() {
    let held = |node| Held { node: NodeId(node), id: ExecutionId(Uuid::nil()), wait: WaitId(3) };
    assert_eq!(TaskToken::of(NamespaceId(1), held(7)).node_hint, 7);
    assert_eq!(
        TaskToken::of(NamespaceId(1), held(i64::MAX)).node_hint,
        0,
        "what does not fit is no hint"
    );
}
