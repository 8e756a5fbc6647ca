//! Task tokens: which execution's wait a worker answers, sealed so that nobody can make one up.
//!
//! base64url of: version, execution id (which carries the home), wait, the node that handed the task out (a hint), its
//! namespace, seal. 66 characters; those of the first version, without the namespace, had 60 and are still read.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use engine::Held;
use execution::{ExecutionId, WaitId};
use store::NamespaceId;
use uuid::Uuid;

use crate::seal::{Purpose, SEAL_BYTES, Seal};

const VERSION: u8 = 2;
/// Without the namespace.
const FIRST_VERSION: u8 = 1;
const FIRST_BODY_BYTES: usize = 1 + 16 + 8 + 4;
const BODY_BYTES: usize = FIRST_BODY_BYTES + 4;
const TOKEN_BYTES: usize = BODY_BYTES + SEAL_BYTES;
/// 49 bytes are 66 characters without padding.
pub const TASK_TOKEN_LENGTH: usize = (TOKEN_BYTES * 4).div_ceil(3);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskToken {
    pub execution: ExecutionId,
    pub wait: WaitId,
    /// The node that owned the execution at the hand-out: where to ask first, no more. 0: not known.
    pub node_hint: u32,
    /// Whose key may use it. `None`: a token of the first version, which does not say.
    pub namespace: Option<NamespaceId>,
}

/// The text is no token of this database: forged, truncated, altered, or of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Invalid token")]
pub struct InvalidTaskToken;

impl TaskToken {
    /// Of a task that is handed out, or was.
    pub fn of(namespace: NamespaceId, Held { node, id, wait }: Held) -> Self {
        // Nodes are counted from 1 as they join; a number that does not fit is no hint.
        let node_hint = u32::try_from(node.0).unwrap_or_default();
        Self { execution: id, wait, node_hint, namespace: Some(namespace) }
    }

    pub fn seal(self, seal: &Seal) -> String {
        let mut bytes = [0; TOKEN_BYTES];
        bytes[0] = VERSION;
        bytes[1..17].copy_from_slice(self.execution.0.as_bytes());
        bytes[17..25].copy_from_slice(&self.wait.0.to_be_bytes());
        bytes[25..29].copy_from_slice(&self.node_hint.to_be_bytes());
        // None has the number 0.
        let namespace = self.namespace.map_or(0, |namespace| namespace.0);
        bytes[29..33].copy_from_slice(&namespace.to_be_bytes());
        let (body, end) = bytes.split_at_mut(BODY_BYTES);
        end.copy_from_slice(&seal.sign(Purpose::TaskToken, [body, &[]]));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub fn open(seal: &Seal, text: &str) -> Result<Self, InvalidTaskToken> {
        if text.len() > TASK_TOKEN_LENGTH {
            return Err(InvalidTaskToken);
        }
        // Decoding asks for room for whole groups of three bytes.
        let mut bytes = [0; TOKEN_BYTES.next_multiple_of(3)];
        let length =
            URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).map_err(|_| InvalidTaskToken)?;
        let body_length = length.checked_sub(SEAL_BYTES).ok_or(InvalidTaskToken)?;
        let (body, end) = bytes[..length].split_at(body_length);
        let expected = match body.first() {
            Some(&VERSION) => BODY_BYTES,
            Some(&FIRST_VERSION) => FIRST_BODY_BYTES,
            Some(_) | None => return Err(InvalidTaskToken),
        };
        if body_length != expected || !seal.holds(Purpose::TaskToken, [body, &[]], end) {
            return Err(InvalidTaskToken);
        }
        let namespace = body.get(29..33).map(|bytes| i32::from_be_bytes(part(bytes)));
        Ok(Self {
            execution: ExecutionId(Uuid::from_bytes(part(&body[1..17]))),
            wait: WaitId(u64::from_be_bytes(part(&body[17..25]))),
            node_hint: u32::from_be_bytes(part(&body[25..29])),
            namespace: namespace.filter(|number| *number != 0).map(NamespaceId),
        })
    }
}

fn part<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("the ranges above have the parts' lengths")
}
