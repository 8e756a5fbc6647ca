//! Durations as settings write them: `250ms`, `2s`, `5m`, `1h`, `7d`.

use std::time::Duration;

const FORM: &str = "a duration is a whole number with a unit, such as 250ms, 2s, 5m, 1h or 7d";

pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| FORM.to_owned())?;
    let milliseconds_per_unit = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(FORM.to_owned()),
    };
    let milliseconds = number.checked_mul(milliseconds_per_unit).ok_or("too long")?;
    Ok(Duration::from_millis(milliseconds))
}

/// As [`parse`], and more than nothing: for what would spin if it were zero.
pub(crate) fn parse_positive(text: &str) -> Result<Duration, String> {
    match parse(text)? {
        Duration::ZERO => Err("must be more than 0".to_owned()),
        duration => Ok(duration),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{parse, parse_positive};

    #[test]
    fn a_number_with_a_unit_is_a_duration() {
        for (text, milliseconds) in [("250ms", 250), ("2s", 2000), ("5m", 300_000), ("0s", 0)] {
            assert_eq!(parse(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        assert_eq!(parse("1h"), parse("60m"));
        assert_eq!(parse("7d"), parse("168h"));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "2",
            "s",
            "1.5s",
            "-1s",
            "2 s",
            "2sec",
            "99999999999999999999s",
            "18446744073709551615d",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse_positive("0ms").is_err());
    }
}
