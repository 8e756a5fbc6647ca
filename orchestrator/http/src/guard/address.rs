//! Which addresses are the public Internet's. By the registries of special-purpose addresses (RFC 6890 and its
//! followers); what is neither public nor listed is refused as well.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Not for calls from outside: (first address, bits of the prefix).
const SPECIAL_V4: [([u8; 4], u32); 16] = [
    ([0, 0, 0, 0], 8),        // this network
    ([10, 0, 0, 0], 8),       // private
    ([100, 64, 0, 0], 10),    // shared by providers
    ([127, 0, 0, 0], 8),      // loopback
    ([169, 254, 0, 0], 16),   // link-local; clouds' metadata
    ([172, 16, 0, 0], 12),    // private
    ([192, 0, 0, 0], 24),     // protocols
    ([192, 0, 2, 0], 24),     // documentation
    ([192, 88, 99, 0], 24),   // 6to4 relays
    ([192, 168, 0, 0], 16),   // private
    ([198, 18, 0, 0], 15),    // benchmarks
    ([198, 51, 100, 0], 24),  // documentation
    ([203, 0, 113, 0], 24),   // documentation
    ([168, 63, 129, 16], 32), // a cloud's host agent, at a public address
    ([224, 0, 0, 0], 4),      // multicast
    ([240, 0, 0, 0], 4),      // reserved, broadcast
];

/// Of `2000::/3`, the only part that is routed.
const SPECIAL_V6: [(u128, u32); 4] = [
    (0x2001_0000 << 96, 23), // protocols, tunnels
    (0x2001_0db8 << 96, 32), // documentation
    (0x2002_0000 << 96, 16), // 6to4: tunnels into IPv4
    (0x3fff_0000 << 96, 20), // documentation
];

pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match embedded(address) {
            Some(address) => is_public_v4(address),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !SPECIAL_V4
        .iter()
        .any(|(first, bits)| (address.to_bits() ^ u32::from_be_bytes(*first)) >> (32 - bits) == 0)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let bits = address.to_bits();
    let is_global = bits >> 125 == 0b001;
    is_global && !SPECIAL_V6.iter().any(|(first, length)| (bits ^ first) >> (128 - length) == 0)
}

/// An IPv4 address in IPv6's clothes: mapped (`::ffff:0:0/96`) or translated (`64:ff9b::/96`).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    const TRANSLATED: u128 = 0x0064_ff9b << 96;
    let bits = address.to_bits();
    let low = u32::try_from(bits & u128::from(u32::MAX)).expect("it was masked to 32 bits");
    let is_embedded = matches!(bits >> 32, 0xffff) || bits >> 32 == TRANSLATED >> 32;
    is_embedded.then(|| Ipv4Addr::from_bits(low))
}
