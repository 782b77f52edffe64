//! Memory of this process, as Linux counts it; 0 elsewhere.

use std::fs;

fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) << 10
}

/// Returns the bytes that are resident.
pub(crate) fn resident() -> u64 {
    status("VmRSS:")
}

/// Returns the bytes that are resident and of no file: without the maps of a store.
pub(crate) fn anonymous() -> u64 {
    status("RssAnon:")
}

/// Returns the most bytes that were resident since the last call.
pub(crate) fn peak() -> std::io::Result<u64> {
    let peak = status("VmHWM:");
    match fs::write("/proc/self/clear_refs", "5") {
        Err(error) if cfg!(target_os = "linux") => Err(error),
        _ => Ok(peak),
    }
}
