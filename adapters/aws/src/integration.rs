//! Which call a queue stands for.

use crate::model::{Operation, Service};

/// The optimised forms that Step Functions has for these services. (`lambda:invoke` is the queue of its function, and
/// `states:…` the orchestrator's own.)
const OPTIMISED: [(&str, &str, &str); 7] = [
    ("dynamodb", "deleteItem", "dynamodb"),
    ("dynamodb", "getItem", "dynamodb"),
    ("dynamodb", "putItem", "dynamodb"),
    ("dynamodb", "updateItem", "dynamodb"),
    ("events", "putEvents", "eventbridge"),
    ("sns", "publish", "sns"),
    ("sqs", "sendMessage", "sqs"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Optimised,
    /// `aws-sdk:…`: the operation as the SDK has it.
    Sdk,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Integration {
    /// The service's name in the `aws-sdk:` form.
    pub(crate) name: &'static str,
    pub(crate) service: &'static Service,
    pub(crate) operation: &'static Operation,
    pub(crate) form: Form,
}

/// Why a queue stands for no call of this adapter.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unknown {
    #[error("the adapter does not serve the service '{0}'; it serves {1}")]
    Service(String, String),
    #[error("the adapter does not know the action '{action}' of the service '{service}'")]
    Action { service: String, action: String },
    #[error(
        "Step Functions has no integration '{service}:{action}'; the SDK's is 'aws-sdk:{sdk}:{action}'"
    )]
    Optimised { service: String, action: String, sdk: &'static str },
}

impl Integration {
    pub(crate) fn of_queue(queue: &str) -> Result<Self, Unknown> {
        match queue.strip_prefix("aws-sdk:") {
            Some(call) => Self::sdk(call),
            None => Self::optimised(queue),
        }
    }

    fn sdk(call: &str) -> Result<Self, Unknown> {
        let (name, action) = call.split_once(':').unwrap_or((call, ""));
        let Some((name, service)) = service(name) else { return Err(other_service(name)) };
        let unknown = || Unknown::Action { service: name.to_owned(), action: action.to_owned() };
        let operation = service.operations.get(action).ok_or_else(unknown)?;
        Ok(Self { name, service, operation, form: Form::Sdk })
    }

    fn optimised(queue: &str) -> Result<Self, Unknown> {
        let (prefix, action) = queue.split_once(':').unwrap_or((queue, ""));
        let found = OPTIMISED.iter().find(|it| it.0 == prefix && it.1 == action);
        let Some((_, _, sdk)) = found else { return Err(Self::not_optimised(prefix, action)) };
        Ok(Self { form: Form::Optimised, ..Self::sdk(&format!("{sdk}:{action}"))? })
    }

    fn not_optimised(prefix: &str, action: &str) -> Unknown {
        let sdk = if prefix == "events" { "eventbridge" } else { prefix };
        let Some((sdk, service)) = service(sdk) else { return other_service(prefix) };
        let (service_name, action_name) = (prefix.to_owned(), action.to_owned());
        if service.operations.contains_key(action) {
            return Unknown::Optimised { service: service_name, action: action_name, sdk };
        }
        Unknown::Action { service: service_name, action: action_name }
    }

    /// Every queue that stands for a call.
    pub(crate) fn queues() -> Vec<String> {
        let mut queues: Vec<String> =
            OPTIMISED.iter().map(|(service, action, _)| format!("{service}:{action}")).collect();
        for name in Service::names() {
            let operations = Service::named(name).map(|service| service.operations.keys());
            let actions = operations.into_iter().flatten();
            queues.extend(actions.map(|action| format!("aws-sdk:{name}:{action}")));
        }
        queues
    }
}

fn service(name: &str) -> Option<(&'static str, &'static Service)> {
    let name = Service::names().find(|it| *it == name)?;
    Some((name, Service::named(name)?))
}

fn other_service(name: &str) -> Unknown {
    let served: Vec<&str> = Service::names().collect();
    Unknown::Service(name.to_owned(), served.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_stands_for_the_call_that_its_name_says() {
        for (queue, operation, form) in [
            ("sqs:sendMessage", "SendMessage", Form::Optimised),
            ("events:putEvents", "PutEvents", Form::Optimised),
            ("aws-sdk:eventbridge:putEvents", "PutEvents", Form::Sdk),
            ("aws-sdk:s3:listObjectsV2", "ListObjectsV2", Form::Sdk),
            ("aws-sdk:sfn:startExecution", "StartExecution", Form::Sdk),
        ] {
            let found = Integration::of_queue(queue).unwrap();
            assert_eq!((found.operation.name.as_str(), found.form), (operation, form), "{queue}");
        }
        for queue in Integration::queues() {
            assert!(Integration::of_queue(&queue).is_ok(), "{queue}");
        }
    }

    #[test]
    fn any_other_queue_is_refused_by_its_name() {
        let served = "dynamodb, eventbridge, lambda, s3, sfn, sns, sqs";
        for (queue, why) in [
            (
                "glue:startJobRun.sync",
                format!("the adapter does not serve the service 'glue'; it serves {served}"),
            ),
            (
                "aws-sdk:kms:encrypt",
                format!("the adapter does not serve the service 'kms'; it serves {served}"),
            ),
            (
                "aws-sdk:sqs:sendMesage",
                "the adapter does not know the action 'sendMesage' of the service 'sqs'".to_owned(),
            ),
            (
                "dynamodb:query",
                "Step Functions has no integration 'dynamodb:query'; the SDK's is 'aws-sdk:dynamodb:query'"
                    .to_owned(),
            ),
            ("dynamodb", "the adapter does not know the action '' of the service 'dynamodb'".to_owned()),
        ] {
            assert_eq!(Integration::of_queue(queue).unwrap_err().to_string(), why);
        }
    }
}
