//! What commands read from files or from standard input.

use std::io::Read as _;
use std::path::Path;

use crate::error::CommandError;

/// The text of a file; `-` is standard input.
pub(crate) fn read(path: &Path) -> Result<String, CommandError> {
    let text = if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    text.map_err(|error| CommandError::usage(format!("cannot read {}: {error}", path.display())))
}
