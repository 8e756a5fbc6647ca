//! The executable as people start it: real processes, real PostgreSQL, exit codes and what is printed.

#[cfg(test)]
mod archive;
#[cfg(test)]
mod aws;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod deploy;
#[cfg(test)]
mod dev;
#[cfg(test)]
mod import;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod offline;
#[cfg(test)]
mod process;
#[cfg(test)]
mod serving;
#[cfg(test)]
mod versions;
