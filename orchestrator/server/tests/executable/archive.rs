//! PostgreSQL's binaries from a repository of archives: this test's own, on this machine.
//!
//! The archive holds scripts that run the binaries found here, so that the whole way is walked: list, choose,
//! download, check, unpack, initdb, start.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Cursor, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;

use rustix::process::Signal;
use sha2::{Digest as _, Sha512};

use crate::process::{Server, code, dev, folder, stderr};

const OLD: &str = "17.4.0";
const NEW: &str = "17.5.0";
const TOO_NEW: &str = "99.0.0";

fn artifact() -> String {
    let processor = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64v8",
        other => other,
    };
    let system = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
    let library = if cfg!(target_env = "musl") { "-alpine" } else { "" };
    format!("embedded-postgres-binaries-{system}-{processor}{library}")
}

/// A jar with a tar in it, as the real ones are.
fn jar() -> Vec<u8> {
    let bin = cluster::Cluster::find().expect("PostgreSQL is on this machine").folder().to_owned();
    let packed = liblzma::write::XzEncoder::new(Vec::new(), 1);
    let mut tar = tar::Builder::new(packed);
    for program in ["postgres", "initdb"] {
        let script = format!("#!/bin/sh\nexec '{}' \"$@\"\n", bin.join(program).display());
        let mut header = tar::Header::new_gnu();
        header.set_size(script.len() as u64);
        header.set_mode(0o755);
        header.set_cksum();
        tar.append_data(&mut header, format!("bin/{program}"), script.as_bytes()).unwrap();
    }
    let packed = tar.into_inner().unwrap().finish().unwrap();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("postgres.txz", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(&packed).unwrap();
    zip.finish().unwrap().into_inner()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn metadata() -> Vec<u8> {
    let versions = [OLD, NEW, TOO_NEW].map(|version| format!("<version>{version}</version>"));
    format!(
        "<metadata><groupId>io.zonky.test.postgres</groupId><artifactId>{}</artifactId><versioning>\
         <latest>{TOO_NEW}</latest><release>{TOO_NEW}</release><versions>{}</versions>\
         <lastUpdated>20240210235512</lastUpdated></versioning></metadata>",
        artifact(),
        versions.concat(),
    )
    .into_bytes()
}

/// The files of a repository, by path. `checksum` is that of the new version's jar.
fn repository(jar: Vec<u8>, checksum: String) -> BTreeMap<String, Vec<u8>> {
    let artifact = artifact();
    let path = format!("/{artifact}/{NEW}/{artifact}-{NEW}.jar");
    BTreeMap::from([
        (format!("/{artifact}/maven-metadata.xml"), metadata()),
        (format!("{path}.sha512"), checksum.into_bytes()),
        (path, jar),
    ])
}

/// Serves the files until the test's process ends, and says where.
fn serve(files: BTreeMap<String, Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            // A client that goes away early is its own affair.
            let _ = answer(&connection, &files);
        }
    });
    url
}

fn answer(connection: &TcpStream, files: &BTreeMap<String, Vec<u8>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(connection).lines();
    let request = lines.next().unwrap_or(Ok(String::new()))?;
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, body) = match files.get(path) {
        Some(body) => ("200 OK", body.as_slice()),
        None => ("404 Not Found", &b"there is no such file"[..]),
    };
    let length = body.len();
    let mut writer = connection;
    write!(writer, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")?;
    writer.write_all(body)
}

fn downloading(url: &str, folder: &Path) -> Command {
    let mut command = dev(&folder.join("data"));
    command.args(["--postgres", "downloaded", "--postgres-archive-url", url]);
    command.env("XDG_DATA_HOME", folder);
    command
}

#[test]
fn the_newest_wanted_binaries_are_downloaded_once() {
    // Given a repository with versions on both sides of the wanted one
    let folder = folder();
    let jar = jar();
    let checksum = hex(&Sha512::digest(&jar));
    let url = serve(repository(jar, checksum));
    // When a server is started with nothing else
    let mut server = Server::ready(downloading(&url, folder.path()));
    // Then it runs on them
    assert_eq!(code(&server.call(&["health"])), 0);
    let kept = folder.path().join("everstep/postgresql").join(NEW).join("bin/postgres");
    assert!(kept.is_file(), "{}", kept.display());
    server.signal(Signal::TERM);
    assert_eq!(server.ended(), Some(0));
    // And the next start needs no repository
    let again = Server::ready(downloading("http://127.0.0.1:1/", folder.path()));
    assert_eq!(code(&again.call(&["health"])), 0);
}

#[test]
fn an_archive_that_does_not_match_its_checksum_is_not_used() {
    let folder = folder();
    let url = serve(repository(jar(), "0".repeat(128)));
    let refused = downloading(&url, folder.path()).output().unwrap();
    assert_eq!(code(&refused), 3);
    let text = stderr(&refused);
    assert!(text.contains("cannot download PostgreSQL") && text.contains("hash"), "{text}");
    assert!(!folder.path().join("everstep/postgresql").join(NEW).exists());
}

#[test]
fn without_a_repository_it_is_said_what_to_install() {
    let folder = folder();
    let url = serve(BTreeMap::new());
    let refused = downloading(&url, folder.path()).output().unwrap();
    assert_eq!(code(&refused), 3);
    assert!(stderr(&refused).contains("apt-get install postgresql"), "{}", stderr(&refused));
}
