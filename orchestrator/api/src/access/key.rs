//! A new access key: drawn, sealed, written. Its secret is shown to whoever asked for it, this once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use store::{AccessKey, NamespaceId, NewAccessKey, Store, StoreError};
use vault::{Secret, Vault};

/// Not AWS's AKIA: nobody, and no scanner for lost keys, shall take one for a key to an AWS account.
const ID_PREFIX: &str = "EVAK";
/// AWS's alphabet for ids: 32 letters, 5 bits each.
const ID_ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ID_DRAWN: usize = 16;
/// 240 bits, 40 characters, as AWS's secrets; without `/` and `+`, which URLs and shells would change.
const SECRET_BYTES: usize = 30;

#[derive(Debug, Clone)]
pub struct NewKey {
    pub namespace: NamespaceId,
    /// Reaches every namespace, and may make them.
    pub administers: bool,
    pub description: String,
}

/// The key as it was written, and its secret.
pub async fn create(
    store: &Store,
    vault: &Vault,
    new: NewKey,
) -> Result<(AccessKey, Secret), StoreError> {
    let NewKey { namespace, administers, description } = new;
    let secret = draw_secret();
    let mut row =
        NewAccessKey { id: String::new(), namespace, administers, description, sealed: Vec::new() };
    loop {
        row.id = draw_id();
        row.sealed = vault.seal(&belongs_to(namespace, &row.id), secret.expose().as_bytes());
        if let Some(created) = store.create_access_key(&row).await? {
            return Ok((created, secret));
        }
    }
}

/// What a key's seal is bound to.
pub(super) fn belongs_to(namespace: NamespaceId, id: &str) -> Vec<u8> {
    format!("access key {namespace} {id}").into_bytes()
}

fn draw_id() -> String {
    let drawn: [u8; ID_DRAWN] = vault::draw();
    let letters = drawn.map(|byte| char::from(ID_ALPHABET[usize::from(byte % 32)]));
    letters
        .into_iter()
        .fold(ID_PREFIX.to_owned(), |id, letter| id + letter.encode_utf8(&mut [0; 4]))
}

fn draw_secret() -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(vault::draw::<SECRET_BYTES>()))
}
