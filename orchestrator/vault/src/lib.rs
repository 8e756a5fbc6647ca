//! What must not be told: secrets that never show, and the seal on them at rest (XChaCha20-Poly1305, whose nonces are
//! long enough to be drawn).
//!
//! A sealed text is: format (1 byte), key id (4), nonce (24), ciphertext with its tag. The key id says which of several
//! keys opens it, so that keys are replaced one secret at a time. What it belongs to is bound in as associated data:
//! one row's seal does not open in another's place.

mod secret;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

pub use secret::Secret;

const FORMAT: u8 = 1;
const KEY_ID_BYTES: usize = 4;
const NONCE_BYTES: usize = 24;
const HEAD_BYTES: usize = 1 + KEY_ID_BYTES + NONCE_BYTES;
const KEY_BYTES: usize = 32;

/// Keys that open; the first one also seals.
#[derive(Clone)]
pub struct Vault {
    keys: Vec<([u8; KEY_ID_BYTES], XChaCha20Poly1305)>,
}

/// Why a text holds no keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    #[error(
        "line {0} is not a key: write {KEY_BYTES} random bytes in base64, as `openssl rand -base64 {KEY_BYTES}` does"
    )]
    Line(usize),
    #[error(
        "it holds no key: write {KEY_BYTES} random bytes in base64, as `openssl rand -base64 {KEY_BYTES}` does"
    )]
    Empty,
}

/// Why a sealed text does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    #[error(
        "it was sealed with the key {0}, which this server does not have; give it in --sealing-keys-file"
    )]
    Key(String),
    #[error("its format is of a newer version of Everstep")]
    Format,
    #[error("it was altered, or belongs elsewhere")]
    Altered,
}

impl Vault {
    /// With a key that follows from the database's secret: whoever reads the whole database can derive it too.
    pub fn derived(secret: &[u8]) -> Self {
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(secret)
            .expect("HMAC takes a key of any length");
        mac.update(b"everstep connections, key 1");
        Self { keys: vec![key(&mac.finalize().into_bytes().into())] }
    }

    /// With the keys of a file, one in base64 a line, `#` before remarks. The first seals from now on; `self`'s keys still open.
    pub fn with_keys(self, file: &str) -> Result<Self, KeyFault> {
        let mut keys = Vec::new();
        for (number, line) in (1..).zip(file.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let bytes = STANDARD.decode(line).map_err(|_| KeyFault::Line(number))?;
            let bytes = bytes.try_into().map_err(|_| KeyFault::Line(number))?;
            keys.push(key(&bytes));
        }
        if keys.is_empty() {
            return Err(KeyFault::Empty);
        }
        keys.extend(self.keys);
        Ok(Self { keys })
    }

    pub fn seal(&self, belongs_to: &[u8], text: &[u8]) -> Vec<u8> {
        let (id, cipher) = &self.keys[0];
        let nonce: [u8; NONCE_BYTES] = draw();
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: text, aad: belongs_to })
            .expect("a secret is far smaller than the cipher's limit");
        [&[FORMAT], id.as_slice(), &nonce, &sealed].concat()
    }

    pub fn open(&self, belongs_to: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealFault> {
        let (head, text) = sealed.split_at_checked(HEAD_BYTES).ok_or(SealFault::Altered)?;
        if head[0] != FORMAT {
            return Err(SealFault::Format);
        }
        let (id, nonce) = head[1..].split_at(KEY_ID_BYTES);
        let (_, cipher) = self
            .keys
            .iter()
            .find(|(known, _)| known == id)
            .ok_or_else(|| SealFault::Key(STANDARD.encode(id)))?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().expect("the head was split by its lengths");
        let payload = Payload { msg: text, aad: belongs_to };
        cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| SealFault::Altered)
    }
}

/// Bytes that nobody can guess.
pub fn draw<const BYTES: usize>() -> [u8; BYTES] {
    let mut drawn = [0; BYTES];
    getrandom::fill(&mut drawn).expect("the system has randomness");
    drawn
}

/// A key and its id: the first bytes of its digest, which tell nothing of it.
fn key(bytes: &[u8; KEY_BYTES]) -> ([u8; KEY_ID_BYTES], XChaCha20Poly1305) {
    let digest = Sha256::digest(bytes);
    let id = digest[..KEY_ID_BYTES].try_into().expect("a digest is longer than an id");
    (id, XChaCha20Poly1305::new(&(*bytes).into()))
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault of {} keys", self.keys.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"what the first migration drew";
    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const OTHER: &str = "HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    #[test]
    fn what_was_sealed_opens_in_its_own_place_alone() {
        let vault = Vault::derived(SECRET);
        let sealed = vault.seal(b"one", b"hunter2");
        assert_eq!(vault.open(b"one", &sealed).unwrap(), b"hunter2");
        assert_eq!(vault.open(b"two", &sealed), Err(SealFault::Altered));
        assert!(!sealed.windows(7).any(|window| window == b"hunter2"));
        assert_ne!(vault.seal(b"one", b"hunter2"), sealed, "each seal draws its own nonce");
    }

    #[test]
    fn a_changed_byte_anywhere_is_noticed() {
        let vault = Vault::derived(SECRET);
        let sealed = vault.seal(b"one", b"hunter2");
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(vault.open(b"one", &altered).is_err(), "byte {at}");
        }
        assert_eq!(vault.open(b"one", &sealed[..20]), Err(SealFault::Altered));
    }

    #[test]
    fn keys_are_replaced_without_losing_what_older_ones_sealed() {
        let derived = Vault::derived(SECRET);
        let first = derived.clone().with_keys(KEY).unwrap();
        let rotated = derived.clone().with_keys(&format!("# new\n{OTHER}\n\n{KEY}\n")).unwrap();
        let (old, middle) = (derived.seal(b"x", b"a"), first.seal(b"x", b"b"));
        assert_eq!(rotated.open(b"x", &old).unwrap(), b"a");
        assert_eq!(rotated.open(b"x", &middle).unwrap(), b"b");
        let new = rotated.seal(b"x", b"c");
        assert!(matches!(first.open(b"x", &new), Err(SealFault::Key(_))));
    }

    #[test]
    fn a_file_without_proper_keys_is_refused() {
        let vault = Vault::derived(SECRET);
        for (file, fault) in [
            ("", KeyFault::Empty),
            ("# nothing\n\n", KeyFault::Empty),
            ("AAEC", KeyFault::Line(1)),
            ("# one\nnot base64!", KeyFault::Line(2)),
        ] {
            assert_eq!(vault.clone().with_keys(file).unwrap_err(), fault, "{file:?}");
        }
    }

    /// The format is stored: this text was sealed by the first version.
    #[test]
    fn what_the_first_version_sealed_still_opens() {
        let sealed = STANDARD.decode(include_str!("format_1.txt").trim()).unwrap();
        let vault = Vault::derived(SECRET);
        assert_eq!(vault.open(b"golden", &sealed).unwrap(), b"hunter2");
    }
}
