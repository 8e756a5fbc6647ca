//! The statements, each a file under `queries/`, named by noun and verb.

/// The text of `queries/$path`.
macro_rules! sql {
    ($path:literal) => {
        include_str!(concat!("queries/", $path))
    };
}

pub(crate) use sql;
