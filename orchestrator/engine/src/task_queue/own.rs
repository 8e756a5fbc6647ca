//! Queues that the orchestrator serves itself: one for all namespaces together, closed to workers from outside.

use store::NamespaceId;

/// The queue of HTTP tasks.
pub const HTTP_INVOKE: &str = "http:invoke";

/// What a session that serves one of these gives for its namespace. No namespace has this number.
pub const ALL_NAMESPACES: NamespaceId = NamespaceId(0);

/// Whether tasks of the queue are the orchestrator's own work, now or in a later version.
pub fn is_own(queue: &str) -> bool {
    matches!(queue.split_once(':'), Some(("http" | "states", _)))
}

/// Where the queue's tasks and workers meet.
pub(super) fn place(namespace: NamespaceId, queue: &str) -> NamespaceId {
    if queue == HTTP_INVOKE { ALL_NAMESPACES } else { namespace }
}
