//! Names of services whose credentials have no mark of their own: 32 hexadecimal digits, a UUID, 40 letters.
//! The name in front of the value is all there is.

/// Lower case, separated by spaces. Words of everyday language are left out, or stand with what makes them a name.
pub(super) const NAMES: &str = "datadog";
