//! Calls over TLS: whom the client trusts, and whom it does not.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_task::{Client, Guard, Invocation, Options};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// For `localhost`, a hundred years; it guards nothing.
const CERTIFICATE: &str = include_str!("localhost.pem");
const KEY: &str = include_str!("localhost.key.pem");

struct Api {
    address: SocketAddr,
}

impl Api {
    /// Answers each call with `{"safe":true}`.
    async fn start() -> Self {
        let certificate = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes());
        let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider knows them")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.expect("a certificate")], key)
            .expect("the key is the certificate's");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let address = listener.local_addr().expect("has an address");
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.expect("accepts");
                tokio::spawn(Self::answer(acceptor.clone(), socket));
            }
        });
        Self { address }
    }

    async fn answer(acceptor: TlsAcceptor, socket: TcpStream) {
        // A client that does not trust us breaks off.
        let Ok(mut stream) = acceptor.accept(socket).await else { return };
        let _ = stream.read(&mut [0; 4_096]).await;
        let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                      content-length: 13\r\nconnection: close\r\n\r\n{\"safe\":true}";
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
    }

    async fn call(
        &self,
        host: &str,
        certificates: Option<String>,
    ) -> Result<Value, http_task::Failure> {
        let guard =
            Guard { allowed: vec!["127.0.0.1".parse().expect("an address")], allow_plain: false };
        let options = Options { guard, timeout: Duration::from_secs(20), certificates };
        let client = Client::new(options).expect("a client");
        let endpoint = format!("https://{host}:{}/", self.address.port());
        let invocation = json!({"ApiEndpoint": endpoint, "Method": "GET"});
        let invocation = Invocation::read(&invocation).expect("it is well formed");
        let result = client.invoke(&invocation, None, "test").await?;
        Ok(serde_json::from_str(&result).expect("JSON"))
    }
}

#[tokio::test]
async fn a_certificate_that_an_operator_gave_is_trusted() {
    let api = Api::start().await;
    let result = api.call("localhost", Some(CERTIFICATE.to_owned())).await.expect("it is trusted");
    assert_eq!(result["ResponseBody"], json!({"safe": true}));
}

#[tokio::test]
async fn a_stranger_and_a_certificate_of_another_name_are_not_trusted() {
    let api = Api::start().await;
    let stranger = api.call("localhost", None).await.expect_err("nobody vouches for it");
    let other = api.call("127.0.0.1", Some(CERTIFICATE.to_owned())).await;
    for failure in [stranger, other.expect_err("it is another's")] {
        assert_eq!(failure.error, "States.Http.Socket", "{failure:?}");
        assert!(failure.cause.contains("certificate"), "{failure:?}");
    }
}

#[test]
fn certificates_that_are_none_are_refused() {
    for pem in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let options = Options { certificates: Some(pem.to_owned()), ..Options::default() };
        assert!(Client::new(options).is_err(), "{pem:?}");
    }
}
