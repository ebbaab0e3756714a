//! In which order a thorough run puts its cases.

/// The positions of `count` cases in two orders, one for each time that a case is put.
/// The same seed gives the same orders. The second does not begin with the case that the
/// first ends with, unless there is no other: what a case leaves behind in a subject is
/// met by another case before it is met by itself.
pub(crate) fn two_orders(count: usize, seed: u64) -> [Vec<usize>; 2] {
    let mut random = SplitMix64(seed);
    let first = random.shuffled(count);
    let mut second = random.shuffled(count);
    if count > 1 && first.last() == second.first() {
        second.swap(0, count - 1);
    }
    [first, second]
}

/// The generator of G. Steele, D. Lea and C. Flood, "Fast splittable pseudorandom number
/// generators" (OOPSLA 2014), with the constants of Java's `SplittableRandom`.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number up to this one. That some are likelier by a part in 2^64 for each of them
    /// does not show.
    fn up_to(&mut self, last: usize) -> usize {
        let product = u128::from(self.next()) * (last as u128 + 1);
        (product >> 64) as usize
    }

    /// The numbers below this one, by Fisher and Yates.
    fn shuffled(&mut self, count: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            let other = self.up_to(last);
            numbers.swap(last, other);
        }
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::{SplitMix64, two_orders};

    /// The first numbers of the seed 1234567, as the authors' successors publish them.
    #[test]
    fn the_generator_is_the_one_that_it_is_said_to_be() {
        let mut random = SplitMix64(1_234_567);
        let numbers = [(); 3].map(|()| random.next());
        let expected = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
        ];
        assert_eq!(numbers, expected);
    }

    #[test]
    fn each_order_has_every_case_once() {
        for count in [0, 1, 2, 3, 100] {
            for mut order in two_orders(count, 7) {
                order.sort_unstable();
                assert_eq!(order, (0..count).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn an_order_is_of_its_seed() {
        assert_eq!(two_orders(50, 7), two_orders(50, 7));
        assert_ne!(two_orders(50, 7), two_orders(50, 8));
        let [first, second] = two_orders(50, 7);
        assert_ne!(first, second);
    }

    #[test]
    fn no_case_follows_itself() {
        for seed in 0..100 {
            for count in [2, 3, 4] {
                let [first, second] = two_orders(count, seed);
                assert_ne!(first.last(), second.first(), "{count} cases, seed {seed}");
            }
        }
    }

    #[test]
    fn every_case_comes_to_every_place() {
        let count = 4;
        let mut seen = vec![vec![false; count]; count];
        for seed in 0..200 {
            for order in two_orders(count, seed) {
                for (place, case) in order.into_iter().enumerate() {
                    seen[place][case] = true;
                }
            }
        }
        assert!(seen.iter().flatten().all(|seen| *seen), "{seen:?}");
    }
}
