//! Cards, accounts and wallets.

use super::super::detect::{card, iban, wallet};
use super::super::rule::Kind;
use super::{Line, detector, digits, prefix, word};

/// A key's first byte is 0x80 and its length is known, which leaves these starts.
const COMPRESSED_KEYS: &str = "Kw Kx Ky Kz K1 K2 K3 K4 K5 Lw Lx Ly Lz L1 L2 L3 L4 L5";

pub(super) const RULES: &[Line] = &[
    detector("iban", Kind::Financial, "IBAN", digits("a<2-20"), iban::find, "ISO 13616"),
    detector("card", Kind::Financial, "CARD", digits("^<4>>>- ^<!13-14 ^<15 ^<!16-19"), card::find, "ISO/IEC 7812"),
    detector("bitcoin-key", Kind::Secret, "CRYPTO_KEY", word("5"), wallet::bitcoin_key, "wallet import format"),
    detector(
        "bitcoin-key-compressed",
        Kind::Secret,
        "CRYPTO_KEY",
        word(COMPRESSED_KEYS),
        wallet::bitcoin_key,
        "wallet import format",
    ),
    detector("bitcoin", Kind::Financial, "CRYPTO", word("1 3"), wallet::bitcoin, "base58check"),
    detector(
        "bitcoin-segwit",
        Kind::Financial,
        "CRYPTO",
        prefix("bc1 BC1"),
        wallet::bitcoin_segwit,
        "BIP 173, BIP 350",
    ),
    detector("ethereum", Kind::Financial, "CRYPTO", word("0x"), wallet::ethereum, "EIP-55"),
];
