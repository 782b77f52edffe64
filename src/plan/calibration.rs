//! What steps cost on a machine.

use crate::error::Error;

/// What the steps of a join cost, in seconds on one core. Measure them where the join will run, and hand the numbers
/// over; the default is about right for a machine of 2024 with AVX2.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Calibration {
    /// To read a document and shingle it, for each shingle.
    pub shingle: f64,
    /// To sign, for each shingle and position of the signature. (Fast similarity sketching takes the same time for any
    /// number of positions: add it to `shingle`, and say 0 here.)
    pub position: f64,
    /// To put a document into a band.
    pub band: f64,
    /// To look at a candidate's signatures, for each position.
    pub look: f64,
    /// To compare two sets, for each element of either.
    pub compare: f64,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { shingle: 20e-9, position: 0.05e-9, band: 40e-9, look: 0.6e-9, compare: 1e-9 }
    }
}

impl Calibration {
    pub(super) fn check(&self) -> Result<(), Error> {
        let Self { shingle, position, band, look, compare } = *self;
        let steps = [
            ("calibration.shingle", shingle),
            ("calibration.position", position),
            ("calibration.look", look),
            ("calibration.compare", compare),
        ];
        for (field, seconds) in steps {
            if !(seconds >= 0.0 && seconds.is_finite()) {
                return Err(Error::OutOfRange {
                    field,
                    value: seconds.to_string(),
                    expected: "zero or a positive number",
                });
            }
        }
        if !(band > 0.0 && band.is_finite()) {
            let (field, expected) = ("calibration.band", "a positive number");
            return Err(Error::OutOfRange { field, value: band.to_string(), expected });
        }
        Ok(())
    }
}
