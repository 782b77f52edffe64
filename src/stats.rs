//! Statistics: confidence intervals of proportions, and the binomial distribution.

/// Returns the Wilson score interval (E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
/// 1927) of a share that was seen in `n` trials, at `z` standard deviations.
///
/// Unlike the normal interval it stays within 0 to 1 and is never empty, also where the share is 0 or 1 or trials are few.
/// It is 0 to 1 without trials, and where an argument is no number. A share outside 0 to 1 counts as
/// the nearer end.
pub(crate) fn wilson(share: f64, n: f64, z: f64) -> (f64, f64) {
    if n <= 0.0 {
        return (0.0, 1.0);
    }
    let share = share.clamp(0.0, 1.0);
    let z2 = z * z;
    let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let spread = (share * (1.0 - share) / n + z2 / (4.0 * n * n)).max(0.0);
    let half = z.abs() / (1.0 + z2 / n) * spread.sqrt();
    if centre.is_nan() || half.is_nan() {
        return (0.0, 1.0);
    }
    ((centre - half).clamp(0.0, share), (centre + half).clamp(share, 1.0))
}

/// Returns the number of standard deviations on either side of the mean that hold this share, 0 to 1 exclusive, of a normal
/// distribution: 1.96 for 0.95.
pub(crate) fn deviations(confidence: f64) -> f64 {
    // Bisection: the share outside falls as z grows, and 64 halvings of 40 reach the precision of a double.
    let (mut low, mut high) = (0.0, 40.0);
    for _ in 0..64 {
        let middle = (low + high) / 2.0;
        let outside = libm::erfc(middle / std::f64::consts::SQRT_2);
        if outside > 1.0 - confidence { low = middle } else { high = middle }
    }
    low
}

/// Yields the probabilities that 0, 1, … `n` of `n` positions agree, where each agrees with the probability `p`.
///
/// Works in logarithms: `p^k` and the binomial coefficient of a long signature leave the range of a double, and their product
/// does not. The functions round alike on all machines, since what is filtered depends on them.
pub(crate) fn binomial(n: usize, p: f64) -> impl Iterator<Item = f64> {
    let (log_p, log_q, n) = (libm::log(p), libm::log1p(-p), n as f64);
    let mut log_choose = 0.0;
    // The logarithm of 0 is minus infinity, and 0 times that is no number; but 0^0 is 1, whose logarithm is 0.
    let times = |count: f64, log: f64| if count == 0.0 { 0.0 } else { count * log };
    (0..).map_while(move |agreeing: u32| {
        let k = f64::from(agreeing);
        let log = log_choose + times(k, log_p) + times(n - k, log_q);
        log_choose += libm::log((n - k) / (k + 1.0));
        (k <= n).then(|| libm::exp(log))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_deviations() {
        for (confidence, z) in [(0.95, 1.959_964), (0.99, 2.575_829), (0.5, 0.674_490), (0.999, 3.290_527)] {
            assert!((deviations(confidence) - z).abs() < 1e-6, "{confidence}");
        }
    }

    #[test]
    fn known_intervals() {
        // 81 of 263 at 95 %: Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I.
        let near = |(low, high): (f64, f64), (l, h): (f64, f64)| (low - l).abs() < 5e-5 && (high - h).abs() < 5e-5;
        assert!(near(wilson(81.0 / 263.0, 263.0, 1.959_964), (0.2553, 0.3662)));
        assert!(near(wilson(15.0 / 148.0, 148.0, 1.959_964), (0.0624, 0.1605)));
        assert!(near(wilson(0.0, 20.0, 1.959_964), (0.0, 0.1611)));
        assert!(near(wilson(1.0, 29.0, 1.959_964), (0.8830, 1.0)));
        assert_eq!(wilson(0.5, 0.0, 1.96), (0.0, 1.0));
    }

    #[test]
    fn no_numbers_make_an_interval_panic() {
        let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 0.5, 1.0, 2.0, 1e300, 1e-300];
        for share in odd {
            for n in odd {
                for z in odd {
                    let (low, high) = wilson(share, n, z);
                    assert!((0.0..=1.0).contains(&low) && (low..=1.0).contains(&high), "{share} {n} {z}: {low} {high}");
                }
            }
        }
    }

    #[test]
    fn binomial_of_four_coins() {
        let sixteenths: Vec<f64> = binomial(4, 0.5).map(|chance| (16.0 * chance).round()).collect();
        assert_eq!(sixteenths, [1.0, 4.0, 6.0, 4.0, 1.0]);
    }
}
