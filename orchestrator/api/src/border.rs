//! What the engine asks this floor for: task tokens, ARNs, and AWS's words for a call that a task makes.

use asl::Payload;
use engine::{ChildCall, ChildRefused, EngineError, Machine, Namespace};
use execution::event::Failure;
use execution::{ExecutionId, WaitId};
use serde_json::Value;
use store::NamespaceId;
use uuid::Uuid;

use crate::errors::{Reason, Refusal};
use crate::operations::{arn_of, machine_qualified};
use crate::seal::Seal;
use crate::token::TaskToken;
use crate::{arn, check};

#[derive(Debug)]
pub struct Border {
    seal: Seal,
}

impl Border {
    pub fn new(seal: Seal) -> Self {
        Self { seal }
    }
}

impl engine::Border for Border {
    fn task_token(&self, namespace: NamespaceId, id: ExecutionId, wait: WaitId) -> String {
        // Asked for before anybody is handed anything: no node is nearer than another.
        let namespace = Some(namespace);
        TaskToken { execution: id, wait, node_hint: 0, namespace }.seal(&self.seal)
    }

    fn read_call(&self, namespace: &Namespace, parameters: &Payload) -> Result<ChildCall, Failure> {
        read_call(namespace, parameters.value()).map_err(|refusal| failure(&refusal))
    }

    fn arns(&self, machine: &Machine, name: &str, id: ExecutionId) -> (String, String) {
        (
            arn::execution_on(machine, name, id),
            arn::state_machine(&machine.namespace, &machine.name),
        )
    }

    fn refusal(&self, namespace: &Namespace, call: &ChildCall, refused: &ChildRefused) -> Failure {
        failure(&match refused {
            ChildRefused::MachineDoesNotExist => {
                Refusal::machine_unknown(&arn_of(namespace, &call.machine, &call.qualifier))
            }
            ChildRefused::NameTaken => {
                let name = call.name.as_deref().unwrap_or_default();
                let arn = arn::execution(namespace, &call.machine, name);
                Refusal::new(
                    Reason::ExecutionAlreadyExists,
                    format!("Execution Already Exists: '{arn}'"),
                )
            }
            ChildRefused::Other(error) => Refusal::from(EngineError::clone(error)),
        })
    }
}

/// The parameters of AWS's `StartExecution`. `Input` is a document, or one written down as text.
fn read_call(namespace: &Namespace, parameters: &Value) -> Result<ChildCall, Refusal> {
    let text = |field: &'static str| match parameters.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(check::constraint(field, None, "be a string")),
    };
    let machine = text("StateMachineArn")?.ok_or_else(|| check::missing("StateMachineArn"))?;
    let (machine, qualifier) = machine_qualified(namespace, &machine)?;
    let machine = machine.to_owned();
    let name = text("Name")?;
    if let Some(name) = &name {
        check::name("name", name)?;
    }
    let input = match parameters.get("Input") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(document) => document.to_string(),
    };
    Ok(ChildCall { machine, qualifier, name, input: check::input(namespace, input)? })
}

/// As the service integration reports it: the error's name with its service, the text with AWS's tail.
fn failure(refusal: &Refusal) -> Failure {
    let code = refusal.reason.name();
    let name = code.strip_suffix("Exception").unwrap_or(code);
    let (message, request) = (&refusal.message, Uuid::new_v4());
    let cause = format!(
        "{message} (Service: AWSStepFunctions; Status Code: 400; Error Code: {code}; Request ID: {request}; Proxy: null)"
    );
    Failure::new(format!("StepFunctions.{name}Exception"), cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:child";

    fn namespace() -> Namespace {
        Namespace {
            id: NamespaceId(1),
            name: "default".to_owned(),
            partition: "aws".to_owned(),
            region: "us-east-1".to_owned(),
            account: "000000000000".to_owned(),
            task_timeout_seconds: 60,
            payload_bytes_max: 100,
            limits: store::Limits::default(),
        }
    }

    fn read(parameters: &str) -> Result<ChildCall, Failure> {
        let border = Border::new(Seal::new(b"secret"));
        let parameters = parameters.replace("MACHINE", MACHINE);
        engine::Border::read_call(&border, &namespace(), &Payload::parse(parameters).unwrap())
    }

    #[test]
    fn an_input_is_a_document_or_its_text_and_null_is_none() {
        for (input, expected) in [
            (r#", "Input": {"n": 1.10}"#, r#"{"n":1.10}"#),
            (r#", "Input": "{\"n\": 1.10}""#, r#"{"n": 1.10}"#),
            (r#", "Input": "\"text\"""#, r#""text""#),
            (r#", "Input": [1]"#, "[1]"),
            (r#", "Input": null"#, "{}"),
            ("", "{}"),
        ] {
            let call = read(&format!(r#"{{"StateMachineArn": "MACHINE"{input}}}"#)).unwrap();
            assert_eq!((call.machine.as_str(), call.input.text()), ("child", expected));
            assert_eq!(call.name, None);
        }
    }

    #[test]
    fn what_cannot_be_called_fails_with_the_error_and_the_text_of_aws() {
        for (parameters, error, cause) in [
            (
                r#"{"StateMachineArn": "arn:aws:states:us-east-1:111111111111:stateMachine:child"}"#,
                "StepFunctions.InvalidArnException",
                "Invalid Arn: 'the account is '111111111111'",
            ),
            (
                r#"{"StateMachineArn": "MACHINE", "Input": "{"}"#,
                "StepFunctions.InvalidExecutionInputException",
                "Invalid State Machine Execution Input: '",
            ),
            (
                r#"{"StateMachineArn": "MACHINE", "Name": "a b"}"#,
                "StepFunctions.InvalidNameException",
                "Invalid Name: 'a b'",
            ),
            (
                r#"{"StateMachineArn": "MACHINE", "Name": 1}"#,
                "StepFunctions.ValidationException",
                "1 validation error detected: ",
            ),
            (r"{}", "StepFunctions.MissingRequiredParameterException", "Missing required"),
        ] {
            let failure = read(parameters).unwrap_err();
            assert_eq!(failure.error.as_deref(), Some(error));
            let text = failure.cause.unwrap();
            assert!(text.starts_with(cause), "{text}");
            assert!(text.contains(" (Service: AWSStepFunctions; Status Code: 400; Error Code: "));
        }
    }

    #[test]
    fn a_token_is_the_same_whenever_it_is_asked_and_opens_to_its_wait() {
        let seal = Seal::new(b"secret");
        let border = Border::new(seal.clone());
        let (id, wait) = (ExecutionId(Uuid::from_u128(7)), WaitId(3));
        let namespace = NamespaceId(5);
        let token = engine::Border::task_token(&border, namespace, id, wait);
        assert_eq!(token, engine::Border::task_token(&border, namespace, id, wait));
        let opened = TaskToken::open(&seal, &token).unwrap();
        assert_eq!((opened.execution, opened.wait), (id, wait));
        assert_eq!(opened.namespace, Some(namespace));
    }
}
