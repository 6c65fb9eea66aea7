//! Keys that their issuers publish in documentation and sample code. They open nothing, and everyone has them.
//!
//! Kept as hashes, because hosts refuse to take a file in which they stand.

/// FNV-1a, 64 bits, of the whole key; sorted. Google's sample keys, as scanners list them, and the
/// password of NuGet's manual.
#[rustfmt::skip]
const PUBLISHED: [u64; 17] = [
    0x08b5_4596_2adc_7d8b, 0x1211_3c2e_6979_f447, 0x294c_63f8_344d_5df1, 0x29a3_36c7_244f_48dd,
    0x4155_0317_7a5c_10e1, 0x515c_b771_a423_8032, 0x6835_e0f2_8883_2a40, 0x6acb_d824_bd32_bbd4,
    0x816c_d10f_db11_ead0, 0x8288_18f8_3325_7868, 0x99b2_7263_46a1_e92a, 0xadbd_04e3_fe1b_6d49,
    0xc73f_1e61_952e_6987, 0xc800_bf21_00a2_1c67, 0xdb94_22f1_dd33_2dcc, 0xe754_678e_a2b1_4ef1,
    0xe766_6dbb_286c_6c2e,
];

/// The value is a published sample.
pub(in crate::mask) fn is_published(value: &[u8]) -> bool {
    PUBLISHED.binary_search(&fnv1a(value)).is_ok()
}

/// Fowler, Noll and Vo's hash: no security is asked of it.
fn fnv1a(value: &[u8]) -> u64 {
    value.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_sorted() {
        assert!(PUBLISHED.is_sorted());
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }
}
