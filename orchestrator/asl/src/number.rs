//! Numbers as JSON writes them, compared digit by digit: nothing is lost to a double.

use std::cmp::Ordering;

/// Exponents beyond this are treated as this: no document is long enough for the difference to show.
const EXPONENT_MAX: i64 = 1 << 40;

/// A number's literal, taken apart: `±0.DIGITS × 10^magnitude`, without leading zeros.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decimal<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    magnitude: i64,
}

impl<'a> Decimal<'a> {
    /// `None` if the text isn't a number: digits, with a sign, a fraction and an exponent at will.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (&rest[..at], read_exponent(&rest[at + 1..])?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) || mantissa.trim_matches('.').is_empty() {
            return None;
        }
        Some(Self::normal(negative, whole, fraction, exponent))
    }

    fn normal(negative: bool, whole: &'a str, fraction: &'a str, exponent: i64) -> Self {
        let whole = whole.trim_start_matches('0');
        let significant =
            if whole.is_empty() { fraction.trim_start_matches('0') } else { fraction };
        let leading = i64::try_from(fraction.len() - significant.len()).unwrap_or(EXPONENT_MAX);
        let length = i64::try_from(whole.len()).unwrap_or(EXPONENT_MAX);
        let magnitude = exponent + length - leading;
        let zero = significant.bytes().all(|digit| digit == b'0') && whole.is_empty();
        if zero {
            return Self { negative: false, whole: "", fraction: "", magnitude: 0 };
        }
        Self { negative, whole, fraction: significant, magnitude }
    }

    pub(crate) fn compare(self, other: Self) -> Ordering {
        match (self.sign(), other.sign()) {
            (1, 1) => self.compare_size(other),
            (-1, -1) => other.compare_size(self),
            (sign, other_sign) => sign.cmp(&other_sign),
        }
    }

    fn sign(self) -> i8 {
        match (self.negative, self.digits().next()) {
            (_, None) => 0,
            (false, Some(_)) => 1,
            (true, Some(_)) => -1,
        }
    }

    fn compare_size(self, other: Self) -> Ordering {
        self.magnitude.cmp(&other.magnitude).then_with(|| {
            let longest = self.digits().count().max(other.digits().count());
            let padded =
                |number: Self| number.digits().chain(std::iter::repeat(b'0')).take(longest);
            padded(self).cmp(padded(other))
        })
    }

    fn digits(self) -> impl Iterator<Item = u8> + 'a {
        self.whole.bytes().chain(self.fraction.bytes())
    }

    /// The nearest integer, halves toward positive infinity; `None` outside of 64 bits.
    pub(crate) fn round(self) -> Option<i64> {
        if self.sign() == 0 || self.magnitude < 0 {
            return Some(0);
        }
        let kept = usize::try_from(self.magnitude).ok().filter(|&kept| kept <= 19)?;
        let mut digits = self.digits();
        let mut size: i128 = 0;
        for _ in 0..kept {
            size = size * 10 + i128::from(digits.next().unwrap_or(b'0') - b'0');
        }
        let first = digits.next().unwrap_or(b'0');
        let past_half = first > b'5' || first == b'5' && digits.any(|digit| digit != b'0');
        let rounds_away = past_half || first == b'5' && !self.negative;
        size += i128::from(rounds_away);
        i64::try_from(if self.negative { -size } else { size }).ok()
    }

    /// The integer that it is; `None` for one with a fraction, or outside of 64 bits.
    pub(crate) fn integer(self) -> Option<i64> {
        let rounded = self.round()?;
        let text = rounded.to_string();
        Decimal::parse(&text)?.compare(self).is_eq().then_some(rounded)
    }
}

fn read_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse::<i64>().map_or(EXPONENT_MAX, |size| size.min(EXPONENT_MAX));
    Some(if text.starts_with('-') { -size } else { size })
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{self, Equal, Greater, Less};

    use super::Decimal;

    fn compare(left: &str, right: &str) -> Ordering {
        Decimal::parse(left).unwrap().compare(Decimal::parse(right).unwrap())
    }

    #[test]
    fn numbers_compare_by_value_whatever_their_letters() {
        for (left, right, expected) in [
            ("1", "1.0", Equal),
            ("1.10", "1.1", Equal),
            ("0", "-0.0", Equal),
            ("0e5", "0", Equal),
            ("1e2", "100", Equal),
            ("0.001", "1e-3", Equal),
            ("100e-2", "1", Equal),
            ("12345678901234567890", "12345678901234567891", Less),
            ("0.1", "0.10000000000000000001", Less),
            ("9007199254740993", "9007199254740992", Greater),
            ("1E400", "1E399", Greater),
            ("-1E400", "1E-400", Less),
            ("1e999999999999999999999", "1e99", Greater),
            ("-2", "-1.5", Less),
            ("-0.5", "0", Less),
            ("10", "9", Greater),
            ("0.09", "0.1", Less),
        ] {
            assert_eq!(compare(left, right), expected, "{left} {right}");
            assert_eq!(compare(right, left), expected.reverse(), "{right} {left}");
        }
    }

    #[test]
    fn rounding_takes_halves_up() {
        for (text, rounded) in [
            ("1.49", Some(1)),
            ("1.5", Some(2)),
            ("2.5", Some(3)),
            ("-1.5", Some(-1)),
            ("-1.51", Some(-2)),
            ("-0.5", Some(0)),
            ("-0.51", Some(-1)),
            ("0.04", Some(0)),
            ("1e3", Some(1000)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("1E400", None),
        ] {
            assert_eq!(Decimal::parse(text).unwrap().round(), rounded, "{text}");
        }
    }

    #[test]
    fn an_integer_may_be_written_with_an_empty_fraction() {
        for (text, integer) in [("5", Some(5)), ("5.0", Some(5)), ("5e1", Some(50)), ("5.5", None)]
        {
            assert_eq!(Decimal::parse(text).unwrap().integer(), integer, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".", "e5", "1e", "1.2.3", "0x1", "1 ", "NaN"] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }
}
