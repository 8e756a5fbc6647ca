//! Chance from a seed: the generator `SplitMix64`, a dozen lines that give the same numbers everywhere and for good.

pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to `bound` - 1. The slight favour of small numbers does not matter here.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let drawn = self.next() % u64::try_from(bound).expect("a usize fits");
        usize::try_from(drawn).expect("it is below a usize")
    }

    pub(super) fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from[self.below(from.len())]
    }

    /// So many decimal digits, the first of them not 0.
    pub(super) fn digits(&mut self, count: usize) -> String {
        let first = 1 + self.below(9);
        let rest = (1..count).map(|_| self.below(10));
        std::iter::once(first).chain(rest).map(|digit| digit.to_string()).collect()
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
