//! Names as AWS's SDKs for Java write them: they show in the errors of Step Functions.

use crate::integration::Form;

/// How Step Functions speaks of a service where a call fails.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names {
    /// Before the error's name.
    pub(crate) prefix: &'static str,
    /// In the cause.
    pub(crate) service: &'static str,
    /// An error that the service's model does not know.
    pub(crate) unmodelled: &'static str,
    /// Whether the cause ends with the number of attempts, as the recordings have it.
    pub(crate) attempts: bool,
}

/// The optimised forms run on the SDK's first version, the others on the second: each has names of its own.
pub(crate) fn names(service: &str, form: Form) -> Names {
    let names =
        |prefix, service, unmodelled, attempts| Names { prefix, service, unmodelled, attempts };
    match (form, service) {
        (Form::Optimised, "dynamodb") => {
            names("DynamoDB", "AmazonDynamoDBv2", "AmazonDynamoDBException", false)
        }
        (Form::Optimised, "eventbridge") => {
            names("EventBridge", "AmazonEventBridge", "AmazonEventBridgeException", false)
        }
        (Form::Optimised, "lambda") => names("Lambda", "AWSLambda", "AWSLambdaException", false),
        (Form::Optimised, "sns") => names("SNS", "AmazonSNS", "AmazonSNSException", false),
        (Form::Optimised, _) => names("SQS", "AmazonSQS", "AmazonSQSException", false),
        (Form::Sdk, "dynamodb") => names("DynamoDb", "DynamoDb", "DynamoDbException", false),
        (Form::Sdk, "eventbridge") => {
            names("EventBridge", "EventBridge", "EventBridgeException", true)
        }
        (Form::Sdk, "lambda") => names("Lambda", "Lambda", "LambdaException", true),
        (Form::Sdk, "s3") => names("S3", "S3", "S3Exception", true),
        (Form::Sdk, "sfn") => names("Sfn", "Sfn", "SfnException", true),
        (Form::Sdk, "sns") => names("Sns", "Sns", "SnsException", true),
        (Form::Sdk, _) => names("Sqs", "Sqs", "SqsException", true),
    }
}

/// The class of an error's shape.
pub(crate) fn exception(shape: &str, form: Form) -> String {
    let stem = shape.strip_suffix("Fault").or_else(|| shape.strip_suffix("Exception"));
    let stem = stem.unwrap_or(shape);
    match form {
        Form::Optimised => format!("{stem}Exception"),
        Form::Sdk => format!("{}Exception", calm(stem)),
    }
}

/// `KMSNotFound` is `KmsNotFound` there.
fn calm(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut calm = String::with_capacity(name.len());
    for (index, letter) in letters.iter().enumerate() {
        let after_capital = index > 0 && letters[index - 1].is_ascii_uppercase();
        let before_small = letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        let inside = letter.is_ascii_uppercase() && after_capital && !before_small;
        calm.push(if inside { letter.to_ascii_lowercase() } else { *letter });
    }
    calm
}

/// Members as Step Functions writes them: with a capital.
pub(crate) fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_named_as_the_sdk_names_its_class() {
        for (shape, optimised, sdk) in [
            ("ResourceNotFoundException", "ResourceNotFoundException", "ResourceNotFoundException"),
            ("QueueDoesNotExist", "QueueDoesNotExistException", "QueueDoesNotExistException"),
            ("KMSNotFoundException", "KMSNotFoundException", "KmsNotFoundException"),
            ("EC2AccessDeniedException", "EC2AccessDeniedException", "Ec2AccessDeniedException"),
            ("NoSuchKey", "NoSuchKeyException", "NoSuchKeyException"),
        ] {
            assert_eq!(exception(shape, Form::Optimised), optimised);
            assert_eq!(exception(shape, Form::Sdk), sdk);
        }
    }
}
