//! What `twinprint --version` prints.

use std::sync::LazyLock;

use twinprint::SimdLevel;

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let commit = match env!("TWINPRINT_COMMIT") {
        "" => String::new(),
        commit => format!("commit {commit}, "),
    };
    format!("{} ({commit}SIMD level {})", env!("CARGO_PKG_VERSION"), SimdLevel::detect().name())
});

/// Returns the version, the commit if it is known, and the SIMD level that this machine uses.
pub(crate) fn text() -> &'static str {
    &VERSION
}
