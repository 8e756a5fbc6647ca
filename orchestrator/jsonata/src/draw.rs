//! Random draws from a seed: the same seed draws the same, so that a decision can be repeated.

/// `SplitMix64`: small, quick and even; not for secrets.
#[derive(Debug, Clone)]
pub struct Draw {
    state: u64,
}

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// At least 0, less than 1, in steps of 2⁻⁵³.
    pub fn fraction(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double")]
        let numerator = (self.next_u64() >> 11) as f64;
        numerator / 9_007_199_254_740_992.0
    }

    /// At least 0, less than `bound` (not 0).
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "there is a number to draw");
        let product = u128::from(self.next_u64()) * u128::from(bound);
        u64::try_from(product >> 64).expect("the upper half of 128 bits has 64")
    }

    /// A UUID of version 4.
    pub fn uuid(&mut self) -> String {
        let high = self.next_u64() & !0xf000 | 0x4000;
        let low = self.next_u64() & !(0b11 << 62) | 0b10 << 62;
        let (time, middle, version) = (high >> 32, high >> 16 & 0xffff, high & 0xffff);
        let (clock, node) = (low >> 48, low & 0xffff_ffff_ffff);
        format!("{time:08x}-{middle:04x}-{version:04x}-{clock:04x}-{node:012x}")
    }
}

#[cfg(test)]
mod tests {
    use super::Draw;

    #[test]
    fn the_same_seed_draws_the_same() {
        let (mut one, mut other) = (Draw::new(42), Draw::new(42));
        for _ in 0..10 {
            assert_eq!(one.next_u64(), other.next_u64());
        }
        assert_ne!(Draw::new(42).next_u64(), Draw::new(43).next_u64());
    }

    #[test]
    fn fractions_and_numbers_keep_their_bounds() {
        let mut draw = Draw::new(1);
        let mut seen = [false; 7];
        for _ in 0..1_000 {
            assert!((0.0..1.0).contains(&draw.fraction()));
            seen[usize::try_from(draw.below(7)).unwrap()] = true;
        }
        assert_eq!(seen, [true; 7]);
    }

    #[test]
    fn a_uuid_has_its_version_and_variant() {
        let mut draw = Draw::new(9);
        for _ in 0..100 {
            let uuid = draw.uuid();
            let parts: Vec<usize> = uuid.split('-').map(str::len).collect();
            assert_eq!(parts, [8, 4, 4, 4, 12], "{uuid}");
            assert_eq!(uuid.as_bytes()[14], b'4', "{uuid}");
            assert!(b"89ab".contains(&uuid.as_bytes()[19]), "{uuid}");
        }
    }
}
