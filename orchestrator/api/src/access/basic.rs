//! The key itself, as gRPC's metadata carries it: `authorization: Basic base64(ID:SECRET)`, by RFC 7617.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use vault::Secret;

/// An id and the secret that belongs to it, as somebody says.
#[derive(Debug)]
pub(super) struct Presented {
    pub(super) id: String,
    secret: Secret,
}

/// `None`: it is none of that scheme, or is not understood.
pub(super) fn read(authorization: &str) -> Option<Presented> {
    let (scheme, credentials) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some(Presented { id: id.to_owned(), secret: Secret::new(secret) })
}

impl Presented {
    /// In constant time: how much of a guess was right must not be measurable.
    pub(super) fn is(&self, secret: &Secret) -> bool {
        let mac = |key: &Secret| {
            let mac = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes());
            mac.expect("HMAC takes a key of any length").finalize()
        };
        mac(&self.secret) == mac(secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_from_its_header_and_nothing_else_is() {
        // base64 of EVAK:hunter2 and of EVAK:hunter2: (a secret may hold a colon).
        for (header, secret) in
            [("Basic RVZBSzpodW50ZXIy", "hunter2"), ("basic  RVZBSzpodW50ZXIyOg==", "hunter2:")]
        {
            let presented = read(header).unwrap();
            assert_eq!(presented.id, "EVAK");
            assert!(presented.is(&Secret::new(secret)));
            assert!(!presented.is(&Secret::new("hunter3")) && !presented.is(&Secret::new("")));
            assert!(!format!("{presented:?}").contains("hunter2"));
        }
        for header in [
            "",
            "Basic",
            "Basic !",
            "Basic RVZBSw==",
            "Basic /w==",
            "Bearer RVZBSzpodW50ZXIy",
            "AWS4-HMAC-SHA256 x",
        ] {
            assert!(read(header).is_none(), "{header}");
        }
    }
}
