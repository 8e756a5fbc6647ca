//! The signs in an order by which the workers know what is to happen to it.

/// The bank declines this card.
pub const CARD_DECLINED: &str = "4000000000000002";
/// Inventory does not answer the first attempt for this item.
pub const SKU_SLOW_ONCE: &str = "SLOW-ONCE";
/// Inventory never answers for this item.
pub const SKU_SLOW_ALWAYS: &str = "SLOW-ALWAYS";
/// There is none of this item left.
pub const SKU_GONE: &str = "GONE";
/// No carrier goes there.
pub const COUNTRY_UNREACHABLE: &str = "Atlantis";
/// Nobody of this name is to be trusted.
pub const NAME_SUSPECT: &str = "Mallory";
