//! AWS's own vectors: "Signature Version 4 Test Suite" (aws-sig-v4-test-suite) of the AWS General Reference, whose
//! requests (in `vectors.txt`, by their names there) were signed on 2015-08-30 by AKIDEXAMPLE for the service `service`.

use axum::http::Request;
use proptest::prelude::*;

use super::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=";

fn at(minutes: i64) -> DateTime<Utc> {
    let signed = "2015-08-30T12:36:00Z".parse::<DateTime<Utc>>().unwrap();
    signed + TimeDelta::minutes(minutes)
}

fn parts(line: &str, headers: &[(&str, &str)]) -> Parts {
    let (method, uri) = line.split_once(' ').unwrap();
    let request =
        Request::builder().method(method).uri(uri).header("Host", "example.amazonaws.com");
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(()).unwrap().into_parts().0
}

fn expected(minutes: i64) -> Expected<'static> {
    Expected { region: "us-east-1", service: "service", now: at(minutes) }
}

/// A request with `X-Amz-Date` and the headers, signed as `signed` says.
fn verified(
    line: &str,
    headers: &[(&str, &str)],
    (signed, signature): (&str, &str),
    body: &str,
) -> Result<(), Refusal> {
    let authorization = format!("{AUTHORIZATION}{signed}, Signature={signature}");
    let own = [("X-Amz-Date", "20150830T123600Z"), ("Authorization", &*authorization)];
    let parts = parts(line, &[&own[..], headers].concat());
    let claim = Claim::read(&parts)?;
    assert_eq!(claim.key_id, "AKIDEXAMPLE");
    verify(&claim, &Secret::new(SECRET), (&parts, body.as_bytes()), expected(0))
}

#[test]
fn every_vector_of_aws_is_accepted_and_nothing_else_under_its_signature() {
    let vectors = include_str!("vectors.txt").trim().split("\n\n");
    assert_eq!(vectors.clone().count(), 11);
    for vector in vectors {
        let (mut headers, mut signed, mut signature, mut body) = (Vec::new(), "", "", "");
        let mut lines = vector.lines().skip(1);
        let line = lines.next().unwrap();
        for line in lines {
            match line.split_once(' ').unwrap() {
                ("header", header) => headers.push(header.split_once(": ").unwrap()),
                ("signed", names) => signed = names,
                ("signature", hex) => signature = hex,
                (_, text) => body = text,
            }
        }
        let check = |line: &str, body: &str| verified(line, &headers, (signed, signature), body);
        assert_eq!(check(line, body), Ok(()), "{vector}");
        let other = check(line, &format!("{body} ")).unwrap_err();
        assert_eq!(other.reason, Reason::InvalidSignatureException, "{vector}");
        assert!(check(&format!("{line}x"), body).is_err(), "{vector}");
    }
}

/// Signed by botocore 1.44.8 (`SigV4QueryAuth`) with the suite's key and time.
#[test]
fn a_presigned_url_lasts_as_long_as_it_says() {
    let url = "GET /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fservice%2Faws4_request\
               &X-Amz-Date=20150830T123600Z&X-Amz-Expires=600&X-Amz-SignedHeaders=host&X-Amz-Signature=3800303ef9be3158cea25f1a2df086e8180971f4b0f8ff5090113bf578c409f7";
    let parts = parts(url, &[]);
    let claim = Claim::read(&parts).unwrap();
    let check = |minutes| verify(&claim, &Secret::new(SECRET), (&parts, b""), expected(minutes));
    assert_eq!(check(0), Ok(()));
    assert_eq!(check(9), Ok(()));
    assert_eq!(
        check(11).unwrap_err().message,
        "Signature expired: 20150830T123600Z is now earlier than 20150830T123700Z (20150830T124700Z - 10 min.)"
    );
}

#[test]
fn a_clock_that_is_more_than_five_minutes_off_is_told_as_aws_tells_it() {
    let signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    let authorization = format!("{AUTHORIZATION}host;x-amz-date, Signature={signature}");
    let headers = [("X-Amz-Date", "20150830T123600Z"), ("Authorization", &*authorization)];
    let parts = parts("GET /", &headers);
    let claim = Claim::read(&parts).unwrap();
    let check = |minutes| verify(&claim, &Secret::new(SECRET), (&parts, b""), expected(minutes));
    for minutes in [-5, 0, 5] {
        assert_eq!(check(minutes), Ok(()), "{minutes}");
    }
    assert_eq!(
        check(6).unwrap_err().message,
        "Signature expired: 20150830T123600Z is now earlier than 20150830T123700Z (20150830T124200Z - 5 min.)"
    );
    assert_eq!(
        check(-6).unwrap_err().message,
        "Signature not yet current: 20150830T123600Z is still later than 20150830T123500Z (20150830T123000Z + 5 min.)"
    );
}

#[test]
fn over_http_2_the_host_is_the_authority_of_the_uri() {
    let signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    let authorization = format!("{AUTHORIZATION}host;x-amz-date, Signature={signature}");
    let request = Request::get("https://example.amazonaws.com/");
    let request = request.header("X-Amz-Date", "20150830T123600Z");
    let parts = request.header("Authorization", authorization).body(()).unwrap().into_parts().0;
    let claim = Claim::read(&parts).unwrap();
    assert_eq!(verify(&claim, &Secret::new(SECRET), (&parts, b""), expected(0)), Ok(()));
}

/// Signed by botocore 1.44.8 with the suite's key and time.
#[test]
fn a_date_header_in_the_form_of_http_serves_where_there_is_no_other() {
    let authorization = format!(
        "{AUTHORIZATION}date;host, Signature=7680771e48fa28c7db272da980f990fa8ee39dee61905c4203f5da9d3d48ac86"
    );
    let headers = [("Date", "Sun, 30 Aug 2015 12:36:00 -0000"), ("Authorization", &*authorization)];
    let parts = parts("GET /", &headers);
    let claim = Claim::read(&parts).unwrap();
    assert_eq!((claim.signed_at, &*claim.stamp), (at(0), "20150830T123600Z"));
    assert_eq!(verify(&claim, &Secret::new(SECRET), (&parts, b""), expected(0)), Ok(()));
}

#[test]
fn what_is_missing_or_malformed_is_told_in_the_words_of_aws() {
    let date = ("X-Amz-Date", "20150830T123600Z");
    let hash = |text: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text))
    };
    let requires = |what: &str| format!("Authorization header requires '{what}' parameter. ");
    let both = format!("{}{}", requires("Credential"), requires("Signature"));
    let read = |headers: &[(&str, &str)]| {
        let refusal = Claim::read(&parts("POST /", headers)).unwrap_err();
        (refusal.reason, refusal.message)
    };
    let incomplete = |message: String| (Reason::IncompleteSignatureException, message);

    let missing = "Missing Authentication Token".to_owned();
    assert_eq!(read(&[date]), (Reason::MissingAuthenticationTokenException, missing));
    for scheme in ["Basic c2VjcmV0", "AWS4-HMAC-SHA1 Credential=a", "AWS4-HMAC-SHA256", ""] {
        let shown =
            format!("(Hashed with SHA-256 and encoded with Base64) Authorization={}", hash(scheme));
        let signed_headers = requires("SignedHeaders");
        assert_eq!(
            read(&[date, ("Authorization", scheme)]),
            incomplete(format!("{both}{signed_headers}{shown}"))
        );
    }
    let whole = format!("{AUTHORIZATION}host, Signature=00");
    assert_eq!(
        read(&[("Authorization", &whole)]),
        incomplete(format!(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
             (Hashed with SHA-256 and encoded with Base64) Authorization={}",
            hash(&whole)
        ))
    );
    assert_eq!(
        read(&[("X-Amz-Date", "yesterday"), ("Authorization", &whole)]),
        incomplete(
            "Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601".to_owned()
        )
    );
    let loose = "AWS4-HMAC-SHA256 Credential= AKIDEXAMPLE/20150830";
    assert_eq!(
        read(&[date, ("Authorization", loose)]),
        incomplete(format!(
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '{}'.",
            hash(loose)
        ))
    );
    let short =
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830, SignedHeaders=host, Signature=00";
    assert_eq!(
        read(&[date, ("Authorization", short)]),
        incomplete(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIDEXAMPLE/20150830'"
                .to_owned()
        )
    );
    let refusal = Claim::read(&parts("GET /?X-Amz-Algorithm=AWS4-HMAC-SHA256", &[])).unwrap_err();
    assert!(
        refusal
            .message
            .starts_with("AWS query-string parameters must include 'X-Amz-Credential'. ")
    );
    assert!(refusal.message.ends_with("Re-examine the query-string parameters."));
}

#[test]
fn a_scope_or_a_set_of_headers_that_proves_nothing_here_is_refused() {
    let read = |authorization: &str| {
        let headers = [
            ("X-Amz-Date", "20150830T123600Z"),
            ("X-Amz-Target", "AWSStepFunctions.ListActivities"),
            ("Authorization", authorization),
        ];
        let parts = parts("POST /", &headers);
        let claim = Claim::read(&parts).unwrap();
        let refusal = verify(&claim, &Secret::new(SECRET), (&parts, b""), expected(0)).unwrap_err();
        assert_eq!(refusal.reason, Reason::InvalidSignatureException);
        refusal.message
    };
    let scoped = |scope: &str| {
        read(&format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{scope}, SignedHeaders=host;x-amz-target, Signature=00"
        ))
    };
    assert_eq!(
        scoped("20150830/eu-west-1/dynamodb/aws4_request"),
        "Credential should be scoped to a valid region, not 'eu-west-1'. \
         Credential should be scoped to correct service: 'service'. "
    );
    assert_eq!(
        scoped("20150829/us-east-1/service/aws5"),
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'. \
         Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
         '20150829' != '20150830', from '20150830T123600Z'."
    );
    let signed = |headers: &str| read(&format!("{AUTHORIZATION}{headers}, Signature=00"));
    assert_eq!(
        signed("x-amz-target"),
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
    );
    assert_eq!(signed("host"), "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.");
    assert!(
        signed("host;x-amz-target")
            .starts_with("The request signature we calculated does not match")
    );
}

proptest! {
    /// Whatever strangers send is read or refused.
    #[test]
    fn no_header_and_no_query_is_too_odd(
        header in "(AWS4-HMAC-SHA256 )?([ -~]|Credential=|SignedHeaders=|Signature=|, |/){0,40}",
        query in "(X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature)=[-%;/A-Za-z0-9]{0,20}&){0,8}",
        date in "[0-9TZ]{0,17}",
    ) {
        let headers = [("X-Amz-Date", &*date), ("Authorization", &*header)];
        let parts = parts(&format!("POST /?{query}"), &headers);
        if let Ok(claim) = Claim::read(&parts) {
            let answer = verify(&claim, &Secret::new(SECRET), (&parts, b""), expected(0));
            prop_assert!(answer.is_err());
        }
    }
}
