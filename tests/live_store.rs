//! A store that one thread writes to while another one asks, against a model: no difference. `tools/soak` runs the same for longer.

#[path = "live_store/mix.rs"]
mod mix;

use mix::{Mix, two_threads};

#[test]
fn a_writer_and_a_reader_agree_with_a_model() {
    let folder = std::env::temp_dir().join(format!("twinprint-live-store-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let mut commits = 0;
    let asked = two_threads(&folder, Mix::new(5, 6), 60, |_| commits += 1);
    let asked = asked.unwrap_or_else(|difference| panic!("{difference}"));
    assert_eq!(commits, 60);
    assert!(asked.questions > 20 && asked.opened > 0, "{asked:?}");
    std::fs::remove_dir_all(&folder).expect("our own");
}
