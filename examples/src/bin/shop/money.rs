//! Amounts of money, and other numbers, as people type them.

use anyhow::{anyhow, ensure};
use model_runtime::prelude::*;

/// An amount such as `159`, `159.9` or `159.90`.
pub fn amount(name: &str, text: &str) -> anyhow::Result<Decimal> {
    let wrong = || anyhow!("{name}: {text:?} is no amount; write it as 159.90");
    ensure!(text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-')), wrong());
    let amount: Decimal = text.parse().map_err(|_| wrong())?;
    ensure!(amount >= Decimal::ZERO, "{name}: {text} is negative; write an amount of 0 or more");
    ensure!(
        amount.normalize().scale() <= 2,
        "{name}: {text} is a fraction of a cent; round it to two digits"
    );
    Ok(amount)
}

/// A number of pieces. Whether it makes sense, the shop says.
pub fn pieces(text: &str) -> anyhow::Result<i32> {
    text.parse().map_err(|_| anyhow!("{text:?} is no number of pieces; write a whole number such as 2"))
}

/// A number of stars. How many there may be, the shop says.
pub fn stars(text: &str) -> anyhow::Result<i16> {
    text.parse().map_err(|_| anyhow!("{text:?} is no number of stars; give 1 to 5"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, cents) in [("159", 15_900), ("159.9", 15_990), ("0.10", 10), ("0", 0), ("1.5000", 150)] {
            assert_eq!(amount("price", text).unwrap(), Decimal::new(cents, 2), "{text}");
        }
        for (text, why) in [
            ("", "price: \"\" is no amount; write it as 159.90"),
            ("1,50", "price: \"1,50\" is no amount; write it as 159.90"),
            ("1e3", "price: \"1e3\" is no amount; write it as 159.90"),
            ("1_000", "price: \"1_000\" is no amount; write it as 159.90"),
            ("-1", "price: -1 is negative; write an amount of 0 or more"),
            ("0.125", "price: 0.125 is a fraction of a cent; round it to two digits"),
        ] {
            assert_eq!(amount("price", text).unwrap_err().to_string(), why);
        }
    }
}
