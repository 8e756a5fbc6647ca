//! Just enough of PostgreSQL's protocol to ask whether it answers and to make a database, without a client library.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// Version 3.0 of the protocol.
const PROTOCOL: i32 = 196_608;
/// Nothing asked here takes longer; a server that hangs must not hang its caller.
const ANSWER_MAX: Duration = Duration::from_mins(1);

/// A refusal is text from the server; an `io::Error` means that nobody answered.
pub(crate) type Answer = Result<(), String>;

pub(crate) struct Connection(UnixStream);

impl Connection {
    /// Ok once the server accepts statements.
    pub(crate) fn open(
        socket: &Path,
        user: &str,
        database: &str,
    ) -> io::Result<Result<Self, String>> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(ANSWER_MAX))?;
        let mut startup = PROTOCOL.to_be_bytes().to_vec();
        for text in ["user", user, "database", database, ""] {
            startup.extend_from_slice(text.as_bytes());
            startup.push(0);
        }
        let mut connection = Self(stream);
        connection.0.write_all(&length(startup.len()).to_be_bytes())?;
        connection.0.write_all(&startup)?;
        Ok(connection.until_ready()?.map(|()| connection))
    }

    /// A statement whose rows do not matter.
    pub(crate) fn execute(&mut self, statement: &str) -> io::Result<Answer> {
        self.0.write_all(b"Q")?;
        self.0.write_all(&length(statement.len() + 1).to_be_bytes())?;
        self.0.write_all(statement.as_bytes())?;
        self.0.write_all(&[0])?;
        self.until_ready()
    }

    fn until_ready(&mut self) -> io::Result<Answer> {
        let mut answer = Ok(());
        loop {
            let mut head = [0; 5];
            match self.0.read_exact(&mut head) {
                // A refused start ends with the connection, not with `ReadyForQuery`.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && answer.is_err() => {
                    return Ok(answer);
                }
                read => read?,
            }
            let size = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
            let mut body = vec![0; size.saturating_sub(4) as usize];
            self.0.read_exact(&mut body)?;
            match head[0] {
                b'Z' => return Ok(answer),
                b'E' => answer = Err(message(&body)),
                b'R' if body != [0; 4] => return Ok(Err("it asks for a password".to_owned())),
                _ => {}
            }
        }
    }
}

fn length(body: usize) -> i32 {
    i32::try_from(body + 4).expect("statements here are short")
}

/// The field `M` of an `ErrorResponse`.
fn message(body: &[u8]) -> String {
    let text = body.split(|byte| *byte == 0).find_map(|field| field.strip_prefix(b"M"));
    text.map_or_else(
        || "no reason given".to_owned(),
        |text| String::from_utf8_lossy(text).into_owned(),
    )
}
