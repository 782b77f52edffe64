//! The library for a page in the browser, behind a plain C interface: requests and answers are JSON in the memory of the module.
//!
//! The page calls [`twinprint_allocate`], writes a request there, calls one of the functions, reads the answer, and gives its memory
//! back by [`twinprint_release`]. An answer is the address in the upper half of a number and the length in the lower half. Errors are
//! answers too: `{"error": "…"}`.

mod answers;
mod golden;

use serde::Serialize;
use std::alloc::Layout;

/// Allocates memory for a request of this many bytes. Null if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn twinprint_allocate(length: usize) -> *mut u8 {
    let Ok(layout) = Layout::array::<u8>(length.max(1)) else { return std::ptr::null_mut() };
    // SAFETY: The layout has a size above 0.
    unsafe { std::alloc::alloc(layout) }
}

/// Gives memory back: of a request, or of an answer.
///
/// # Safety
/// The address and the length must be those of one allocation of this module that was not given back yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn twinprint_release(address: *mut u8, length: usize) {
    if let Ok(layout) = Layout::array::<u8>(length.max(1)) {
        // SAFETY: The caller promises that the memory is of this layout.
        unsafe { std::alloc::dealloc(address, layout) };
    }
}

/// Finds the pairs and clusters of texts.
///
/// # Safety
/// The request must be initialized memory of this length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn twinprint_find(address: *const u8, length: usize) -> u64 {
    // SAFETY: The caller promises it.
    let request = unsafe { std::slice::from_raw_parts(address, length) };
    answer(
        serde_json::from_slice(request).map_err(|error| error.to_string()).and_then(|request| answers::find(&request)),
    )
}

/// Compares two texts: their similarity, and the passages that both have.
///
/// # Safety
/// The request must be initialized memory of this length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn twinprint_compare(address: *const u8, length: usize) -> u64 {
    // SAFETY: The caller promises it.
    let request = unsafe { std::slice::from_raw_parts(address, length) };
    answer(
        serde_json::from_slice(request)
            .map_err(|error| error.to_string())
            .and_then(|request| answers::compare(&request)),
    )
}

/// Computes the golden vectors of the library, for the tests of the page.
#[unsafe(no_mangle)]
pub extern "C" fn twinprint_golden() -> u64 {
    answer(golden::vectors())
}

#[derive(Serialize)]
struct Refusal {
    error: String,
}

/// Leaves an answer in memory, which the caller gives back.
fn answer<T: Serialize>(result: Result<T, String>) -> u64 {
    let json = match result {
        Ok(value) => serde_json::to_vec(&value),
        Err(error) => serde_json::to_vec(&Refusal { error }),
    };
    let bytes = json.unwrap_or_else(|_| br#"{"error": "the answer is no JSON"}"#.to_vec()).into_boxed_slice();
    let length = bytes.len() as u64;
    (Box::into_raw(bytes).cast::<u8>() as u64) << 32 | length
}
