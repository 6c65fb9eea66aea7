//! `Target`: the major of the AI SDK that a value is meant for.

/// A major of the AI SDK in use. They differ in what they know, and in a few rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Target {
    Ai5,
    Ai6,
    #[default]
    Ai7,
}

impl Target {
    pub const ALL: [Self; 3] = [Self::Ai5, Self::Ai6, Self::Ai7];

    /// Reads `ai@5`, `ai@6` or `ai@7`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.as_str() == text)
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ai5 => "ai@5",
            Self::Ai6 => "ai@6",
            Self::Ai7 => "ai@7",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_named_as_npm_names_it_and_the_newest_is_the_default() {
        for target in Target::ALL {
            assert_eq!(Target::parse(target.as_str()), Some(target));
        }
        assert_eq!(Target::parse("ai@4"), None);
        assert_eq!(Target::default(), Target::Ai7);
    }
}
