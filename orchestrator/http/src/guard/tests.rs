//! The guard as a table: what is refused, what passes, what an allow-list changes.

use super::*;

fn guard(allowed: &[&str]) -> Guard {
    let allowed = allowed.iter().map(|text| text.parse().unwrap()).collect();
    Guard { allowed, allow_plain: false }
}

fn error(guard: &Guard, url: &str) -> Option<String> {
    let url = Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    guard.check(&url).err().map(|failure| failure.error)
}

#[test]
fn addresses_of_no_public_network_are_refused_in_every_clothing() {
    for url in [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.0.0.1:8443/admin",
        "https://127.255.255.254/",
        "https://0.0.0.0/",
        "https://0/",
        "https://0.1.2.3/",
        "https://10.0.0.1/",
        "https://10.255.255.255/",
        "https://100.64.0.1/",
        "https://100.127.255.255/",
        "https://169.254.169.254/latest/meta-data/",
        "https://169.254.0.1/",
        "https://2852039166/latest/meta-data/",
        "https://168.63.129.16/",
        "https://172.16.0.1/",
        "https://172.31.255.255/",
        "https://192.0.0.1/",
        "https://192.0.2.1/",
        "https://192.88.99.1/",
        "https://192.168.0.1/",
        "https://198.18.0.1/",
        "https://198.19.255.255/",
        "https://198.51.100.1/",
        "https://203.0.113.1/",
        "https://224.0.0.1/",
        "https://239.255.255.255/",
        "https://240.0.0.1/",
        "https://255.255.255.255/",
        "https://[::]/",
        "https://[::1]/",
        "https://[::127.0.0.1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b::169.254.169.254]/",
        "https://[64:ff9b:1::1]/",
        "https://[100::1]/",
        "https://[2001::1]/",
        "https://[2001:db8::1]/",
        "https://[2002:7f00:1::]/",
        "https://[2002:808:808::1]/",
        "https://[3fff::1]/",
        "https://[5f00::1]/",
        "https://[fc00::1]/",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/",
        "https://[fec0::1]/",
        "https://[ff02::1]/",
    ] {
        assert_eq!(error(&guard(&[]), url).as_deref(), Some("Everstep.ForbiddenAddress"), "{url}");
    }
}

#[test]
fn public_addresses_pass_up_to_the_edges_of_the_special_ones() {
    for url in [
        "https://1.1.1.1/",
        "https://8.8.8.8:8443/dns-query",
        "https://9.255.255.255/",
        "https://11.0.0.0/",
        "https://100.63.255.255/",
        "https://100.128.0.0/",
        "https://126.255.255.255/",
        "https://128.0.0.0/",
        "https://169.253.255.255/",
        "https://169.255.0.0/",
        "https://172.15.255.255/",
        "https://172.32.0.0/",
        "https://192.167.255.255/",
        "https://198.17.255.255/",
        "https://198.20.0.0/",
        "https://223.255.255.255/",
        "https://[2600::1]/",
        "https://[2606:4700:4700::1111]/",
        "https://[2001:200::1]/",
        "https://[2003::1]/",
        "https://[::ffff:8.8.8.8]/",
        "https://[64:ff9b::808:808]/",
        "https://api.example.com/v1?x=1",
    ] {
        assert_eq!(error(&guard(&[]), url), None, "{url}");
    }
}

#[test]
fn what_is_no_https_url_of_a_host_is_refused() {
    for url in [
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "unix:/run/docker.sock",
        "data:text/plain,x",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://:password@example.com/",
    ] {
        assert_eq!(error(&guard(&[]), url).as_deref(), Some("States.Runtime"), "{url}");
    }
    let plain = Guard { allow_plain: true, ..guard(&[]) };
    assert_eq!(error(&plain, "http://example.com/"), None);
    assert_eq!(error(&plain, "ftp://example.com/").as_deref(), Some("States.Runtime"));
    let loopback = error(&plain, "http://127.0.0.1/");
    assert_eq!(loopback.as_deref(), Some("Everstep.ForbiddenAddress"));
}

#[test]
fn the_allow_list_opens_what_it_names_and_nothing_beside_it() {
    for (allowed, host, address, permits) in [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1", true),
        ("127.0.0.1", "127.0.0.1", "127.0.0.2", false),
        ("127.0.0.1", "localhost", "127.0.0.1", true),
        ("127.0.0.1", "mapped", "::ffff:127.0.0.1", true),
        ("::1", "localhost", "::1", true),
        ("[::1]", "localhost", "::1", true),
        ("::1", "localhost", "127.0.0.1", false),
        ("10.1.0.0/16", "db", "10.1.255.255", true),
        ("10.1.0.0/16", "db", "10.2.0.0", false),
        ("fd00::/8", "db", "fd12::1", true),
        ("payments.internal", "payments.internal", "10.9.9.9", true),
        ("payments.internal", "PAYMENTS.internal.", "10.9.9.9", true),
        ("payments.internal", "evil.payments.internal", "10.9.9.9", false),
        ("payments.internal", "ledger.internal", "10.9.9.9", false),
        ("*.internal", "ledger.internal", "10.9.9.9", true),
        ("*.internal", "a.b.internal", "10.9.9.9", true),
        ("*.internal", "internal", "10.9.9.9", false),
        ("*.internal", "evilinternal", "10.9.9.9", false),
        ("*.internal", "internal.evil.example", "10.9.9.9", false),
    ] {
        let address = address.parse().unwrap();
        assert_eq!(guard(&[allowed]).permits(host, address), permits, "{allowed} {host} {address}");
    }
}

#[test]
fn an_entry_that_names_nothing_is_refused() {
    for text in ["", "*", "*.", "10.0.0.0/33", "http://x", "a b", "x:80", "1.2.3.256"] {
        assert!(text.parse::<Allowed>().is_err(), "{text:?}");
    }
}

/// Whatever DNS says: a name that leads inside is refused when it is resolved, for the client gets no address.
#[tokio::test]
async fn a_name_is_checked_when_it_is_resolved() {
    let resolve = |guard: Guard| async {
        let resolver = GuardedResolver(Arc::new(guard));
        resolver.resolve("localhost".parse().unwrap()).await
    };
    let Err(refused) = resolve(guard(&[])).await else { panic!("localhost is no public name") };
    assert!(refused.is::<Forbidden>(), "{refused}");
    let found: Vec<_> = resolve(guard(&["127.0.0.0/8"])).await.unwrap().collect();
    assert!(!found.is_empty() && found.iter().all(|found| found.ip().is_loopback()));
}
