//! Cards, accounts and wallets.

use super::super::detect::{card, iban, wallet};
use super::super::rule::{Kind, Rule, Trigger};
use super::{detector, prefix};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        detector("iban", Kind::Financial, "IBAN", Trigger::Digits(2, 20), iban::find, "ISO 13616"),
        detector("card", Kind::Financial, "CARD", Trigger::Digits(4, 19), card::find, "ISO/IEC 7812"),
        detector(
            "bitcoin-key",
            Kind::Secret,
            "CRYPTO_KEY",
            Trigger::Digits(1, 20),
            wallet::bitcoin_key,
            "wallet import format",
        ),
        detector(
            "bitcoin-key-compressed",
            Kind::Secret,
            "CRYPTO_KEY",
            Trigger::Pair(starts_compressed_key),
            wallet::bitcoin_key,
            "wallet import format",
        ),
        detector("bitcoin", Kind::Financial, "CRYPTO", Trigger::Digits(1, 20), wallet::bitcoin, "base58check"),
        detector(
            "bitcoin-segwit",
            Kind::Financial,
            "CRYPTO",
            prefix("bc1 BC1"),
            wallet::bitcoin_segwit,
            "BIP 173, BIP 350",
        ),
        detector("ethereum", Kind::Financial, "CRYPTO", prefix("0x"), wallet::ethereum, "EIP-55"),
    ]
}

fn starts_compressed_key(first: u8, second: u8) -> bool {
    matches!(first, b'K' | b'L') && matches!(second, b'w'..=b'z' | b'1'..=b'5')
}
