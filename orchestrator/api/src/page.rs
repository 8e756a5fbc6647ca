//! Pages: how many items, and the opaque token that says where the next page begins.
//!
//! A token is sealed together with the query that it belongs to: one that is altered, or used with another query, is refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::check;
use crate::errors::Refusal;
use crate::limits::{NEXT_TOKEN_LENGTH_MAX, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX};
use crate::seal::{Purpose, SEAL_BYTES, Seal};

pub(crate) fn size(max_results: u32) -> Result<u32, Refusal> {
    check::at_most("max_results", u64::from(max_results), u64::from(PAGE_SIZE_MAX))?;
    Ok(if max_results == 0 { PAGE_SIZE_DEFAULT } else { max_results })
}

/// The query that pages belong to: everything of a request that chooses the items, as text.
#[derive(Debug)]
pub(crate) struct Query<'a> {
    pub(crate) seal: &'a Seal,
    pub(crate) text: String,
}

impl Query<'_> {
    pub(crate) fn token(&self, position: &[u8]) -> String {
        let seal = self.seal.sign(Purpose::PageToken, [self.text.as_bytes(), position]);
        URL_SAFE_NO_PAD.encode([&seal[..], position].concat())
    }

    /// `None`: the first page.
    pub(crate) fn position(&self, token: &str) -> Result<Option<Vec<u8>>, Refusal> {
        if token.is_empty() {
            return Ok(None);
        }
        check::length("next_token", token, NEXT_TOKEN_LENGTH_MAX)?;
        let mut bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| Refusal::next_token())?;
        if bytes.len() < SEAL_BYTES {
            return Err(Refusal::next_token());
        }
        let position = bytes.split_off(SEAL_BYTES);
        if !self.seal.holds(Purpose::PageToken, [self.text.as_bytes(), &position], &bytes) {
            return Err(Refusal::next_token());
        }
        Ok(Some(position))
    }

    /// A position that is a number, such as an event's id.
    pub(crate) fn number(&self, token: &str) -> Result<Option<u64>, Refusal> {
        let Some(position) = self.position(token)? else { return Ok(None) };
        let bytes = position.try_into().map_err(|_| Refusal::next_token())?;
        Ok(Some(u64::from_be_bytes(bytes)))
    }

    /// A position that is a name.
    pub(crate) fn name(&self, token: &str) -> Result<Option<String>, Refusal> {
        let Some(position) = self.position(token)? else { return Ok(None) };
        String::from_utf8(position).map(Some).map_err(|_| Refusal::next_token())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query<'a>(seal: &'a Seal, text: &str) -> Query<'a> {
        Query { seal, text: text.to_owned() }
    }

    #[test]
    fn a_token_comes_back_as_the_position_it_was_made_of() {
        let seal = Seal::new(b"secret");
        let token = query(&seal, "machines of default").token(b"order");

        let position = query(&seal, "machines of default").name(&token).unwrap();
        assert_eq!(position.as_deref(), Some("order"));
    }

    #[test]
    fn a_token_of_another_query_is_refused() {
        let seal = Seal::new(b"secret");
        let token = query(&seal, "machines of default").token(b"order");

        assert_eq!(query(&seal, "machines of other").name(&token), Err(Refusal::next_token()));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let seal = Seal::new(b"secret");
        for text in ["x", "!!", "AAAA", &"A".repeat(80)] {
            assert!(query(&seal, "q").position(text).is_err(), "{text}");
        }
    }
}
