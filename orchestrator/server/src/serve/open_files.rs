//! How many files this process may have open: each connection is one, and a long poll over HTTP/1.1 has one to itself.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tracing::{debug, warn};

/// Raises the soft limit, which shells leave at 1,024, to what the system lets this process have.
pub(super) fn raise() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => debug!(before = current, now = maximum, "as many files may be open"),
        Err(error) => warn!(current, maximum, %error, "no more files may be open than before"),
    }
}
