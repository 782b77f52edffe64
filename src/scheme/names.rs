//! The names by which values are printed, parsed and stored.

/// Gives a type with few values a name for each: `Display` prints it, `FromStr` reads it, and it is the one that `serde`
/// stores.
macro_rules! names {
    ($type:ty, $field:literal, $expected:literal, $($value:ident => $name:literal),+ $(,)?) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(match self {
                    $(Self::$value => $name,)+
                })
            }
        }

        impl std::str::FromStr for $type {
            type Err = crate::error::Error;

            /// Reads a name as `Display` prints it.
            ///
            /// # Errors
            /// [`Error::OutOfRange`](crate::Error::OutOfRange) lists the names there are.
            fn from_str(name: &str) -> Result<Self, Self::Err> {
                match name {
                    $($name => Ok(Self::$value),)+
                    _ => Err(crate::error::Error::OutOfRange {
                        field: $field,
                        value: format!("{name:?}"),
                        expected: $expected,
                    }),
                }
            }
        }
    };
}

pub(super) use names;

#[cfg(test)]
mod tests {
    use crate::scheme::{Algorithm, ArabicLetters, Digits, ShortText, Tokenization, UnicodeForm, WordFilter};

    #[test]
    fn every_name_is_read_back_and_is_the_one_that_is_stored() {
        macro_rules! check {
            ($($type:ident: $($value:ident),+;)+) => {
                $($({
                    let value = $type::$value;
                    assert_eq!(value.to_string().parse(), Ok(value));
                    #[cfg(feature = "serde")]
                    assert_eq!(serde_json::to_value(value).unwrap(), value.to_string());
                })+)+
            };
        }
        check! {
            ArabicLetters: Keep, Arabic, Persian;
            Algorithm: Permutations, FastSimilarity, Weighted;
            Digits: Keep, Ascii, Zero;
            ShortText: Whole, Skip;
            Tokenization: WordsAndSigns, Words, Code, WhiteSpace, Characters, Graphemes, Bytes;
            UnicodeForm: AsIs, Nfc, Nfkc;
            WordFilter: All, Content, Figures;
        }
    }

    #[test]
    fn an_unknown_name_is_an_error_that_lists_the_names() {
        let error = "word".parse::<Tokenization>().expect_err("not a name").to_string();
        assert!(error.contains("tokenization") && error.contains("white-space"), "{error}");
    }
}
