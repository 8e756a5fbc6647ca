//! How a call fails a task: under the name and with the text that Step Functions has for it.

use everstep_worker::TaskError;
use serde_json::Value;

use crate::answer::Answer;
use crate::integration::{Form, Integration};
use crate::model::{Protocol, Service};
use crate::name::{exception, names};
use crate::xml;

/// A queue that no call stands behind. No name of AWS's: there, such a machine can't be created.
pub(crate) const UNSUPPORTED: &str = "Adapter.UnsupportedResource";

/// What a service says of a failure.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
    host_id: Option<String>,
}

/// An error before or instead of an answer.
pub(crate) fn of_client(integration: Integration, why: &dyn std::fmt::Display) -> TaskError {
    let names = names(integration.name, integration.form);
    TaskError::new(format!("{}.SdkClientException", names.prefix), why.to_string())
}

pub(crate) fn of_answer(integration: Integration, answer: &Answer) -> TaskError {
    let Integration { name, service, form, .. } = integration;
    let names = names(name, form);
    let said = said(service, answer);
    let shape = said.code.as_ref().and_then(|code| service.errors.get(code));
    let class = shape.map_or_else(|| names.unmodelled.to_owned(), |shape| exception(shape, form));
    let message = said.message.as_deref().unwrap_or("null");
    let status = answer.status;
    let request_id = said.request_id.as_deref().unwrap_or("null");
    let cause = match form {
        Form::Optimised => format!(
            "{message} (Service: {}; Status Code: {status}; Error Code: {}; Request ID: {request_id}; Proxy: null)",
            names.service,
            said.code.as_deref().unwrap_or("null")
        ),
        Form::Sdk => {
            let host = said.host_id.map(|id| format!(", Extended Request ID: {id}"));
            let attempts = if names.attempts { " (SDK Attempt Count: 1)" } else { "" };
            format!(
                "{message} (Service: {}, Status Code: {status}, Request ID: {request_id}{}){attempts}",
                names.service,
                host.unwrap_or_default()
            )
        }
    };
    TaskError::new(format!("{}.{class}", names.prefix), cause)
}

/// The request's id, from whichever header has it.
pub(crate) fn request_id(answer: &Answer) -> Option<String> {
    let headers = ["x-amzn-requestid", "x-amz-request-id"];
    headers.iter().find_map(|name| answer.header(name)).map(str::to_owned)
}

/// An XML answer of status 200 may be an error all the same.
pub(crate) fn is_error(service: &Service, answer: &Answer) -> bool {
    let failed = !(200..300).contains(&answer.status);
    let inside = service.protocol == Protocol::RestXml && answer.body.starts_with(b"<");
    failed || inside && xml::parsed(&answer.body).is_some_and(|root| root.name == "Error")
}

fn said(service: &Service, answer: &Answer) -> Said {
    let mut said = match service.protocol {
        Protocol::Json | Protocol::RestJson => of_json(answer),
        Protocol::Query | Protocol::RestXml => of_xml(answer),
    };
    said.request_id = said.request_id.or_else(|| request_id(answer));
    said
}

fn of_json(answer: &Answer) -> Said {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let message = text("message").or_else(|| text("Message"));
    // SQS says the older protocol's code in a header of its own.
    let older = answer.header("x-amzn-query-error").and_then(|it| it.split(';').next());
    let kind = answer.header("x-amzn-errortype").map(str::to_owned).or_else(|| text("__type"));
    let kind = kind.as_deref().map(bare).map(str::to_owned);
    let kind = kind.or_else(|| older.map(bare).map(str::to_owned));
    Said { code: kind, message, ..Said::default() }
}

/// `com.amazonaws.dynamodb.v20120810#Name:http://…` is `Name`.
fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}

fn of_xml(answer: &Answer) -> Said {
    let Some(root) = xml::parsed(&answer.body) else { return Said::default() };
    let error = root.child("Error").unwrap_or(&root);
    let text = |name: &str| {
        let found = error.text_of(name).or_else(|| root.text_of(name));
        found.map(|it| it.trim().to_owned())
    };
    Said {
        code: text("Code"),
        message: text("Message"),
        request_id: text("RequestId"),
        host_id: text("HostId"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(queue: &str, status: u16, headers: &[(&str, &str)], body: &str) -> (String, String) {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let answer = Answer {
            status,
            headers: headers.iter().map(owned).collect(),
            body: body.as_bytes().to_vec(),
        };
        let integration = Integration::of_queue(queue).unwrap();
        assert!(is_error(integration.service, &answer));
        let failure = of_answer(integration, &answer);
        (failure.error, failure.cause)
    }

    /// Names and texts recorded by LocalStack on AWS: `error_handling` and `services` of its suite for Step Functions.
    #[test]
    fn a_failure_reads_as_step_functions_writes_it() {
        let id = [("x-amzn-requestid", "R1")];
        let missing_table = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}"#;
        let invalid = r#"{"__type":"com.amazon.coral.validate#ValidationException","message":"1 validation error detected"}"#;
        let topic = "<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>Topic does not exist</Message></Error><RequestId>R1</RequestId></ErrorResponse>";
        let parameter = r#"{"__type":"com.amazon.coral.service#MissingParameter","message":"The request must contain the parameter MessageBody."}"#;
        let token = r#"{"__type":"InvalidToken","message":"Invalid Token: 'Invalid token'"}"#;
        for (queue, status, body, error, cause) in [
            (
                "dynamodb:putItem",
                400,
                missing_table,
                "DynamoDB.ResourceNotFoundException",
                "Requested resource not found (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ResourceNotFoundException; Request ID: R1; Proxy: null)",
            ),
            (
                "dynamodb:putItem",
                400,
                invalid,
                "DynamoDB.AmazonDynamoDBException",
                "1 validation error detected (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ValidationException; Request ID: R1; Proxy: null)",
            ),
            (
                "aws-sdk:dynamodb:putItem",
                400,
                missing_table,
                "DynamoDb.ResourceNotFoundException",
                "Requested resource not found (Service: DynamoDb, Status Code: 400, Request ID: R1)",
            ),
            (
                "aws-sdk:dynamodb:putItem",
                400,
                invalid,
                "DynamoDb.DynamoDbException",
                "1 validation error detected (Service: DynamoDb, Status Code: 400, Request ID: R1)",
            ),
            (
                "sns:publish",
                404,
                topic,
                "SNS.NotFoundException",
                "Topic does not exist (Service: AmazonSNS; Status Code: 404; Error Code: NotFound; Request ID: R1; Proxy: null)",
            ),
            (
                "sqs:sendMessage",
                400,
                parameter,
                "SQS.AmazonSQSException",
                "The request must contain the parameter MessageBody. (Service: AmazonSQS; Status Code: 400; Error Code: MissingParameter; Request ID: R1; Proxy: null)",
            ),
            (
                "aws-sdk:sfn:sendTaskSuccess",
                400,
                token,
                "Sfn.InvalidTokenException",
                "Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: R1) (SDK Attempt Count: 1)",
            ),
        ] {
            assert_eq!(failed(queue, status, &id, body), (error.to_owned(), cause.to_owned()));
        }
    }

    #[test]
    fn an_error_of_s3_is_one_whatever_its_status() {
        let body = "<Error><Code>NoSuchKey</Code><Message>Gone.</Message><RequestId>R</RequestId><HostId>H</HostId></Error>";
        let cause = |status| {
            format!(
                "Gone. (Service: S3, Status Code: {status}, Request ID: R, Extended Request ID: H) (SDK Attempt Count: 1)"
            )
        };
        for status in [404, 200] {
            assert_eq!(
                failed("aws-sdk:s3:copyObject", status, &[], body),
                ("S3.NoSuchKeyException".to_owned(), cause(status))
            );
        }
        let (error, cause) = failed("aws-sdk:s3:headObject", 404, &[], "");
        assert_eq!(error, "S3.S3Exception");
        assert!(cause.starts_with("null (Service: S3, Status Code: 404"), "{cause}");
    }
}
