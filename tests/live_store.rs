//! A store that one thread writes to while another one asks, against a model: no difference. `tools/soak` runs the same for longer.

#[path = "live_store/mod.rs"]
mod live_store;

use live_store::mix::{self, Mix, Model, Pace, Step, THRESHOLD, brute_force};
use live_store::two_threads::{Plan, two_threads};
use live_store::versions::Versions;

fn run(name: &str, mix: Mix, seconds: u64) -> (u64, usize) {
    let folder = std::env::temp_dir().join(format!("twinprint-live-store-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let (mut commits, mut most) = (0, 0);
    let plan = Plan { folder: &folder, mix, seconds, open_every: 20, compare_every: 1 };
    let asked = two_threads(&plan, |now| {
        commits += u64::from(now.time == commits + 1);
        most = most.max(now.documents);
    });
    let asked = asked.unwrap_or_else(|difference| panic!("{difference}"));
    assert!(asked.questions.len() > 20 && asked.compared > 0 && most > 0, "{asked:?}");
    std::fs::remove_dir_all(&folder).expect("our own");
    (commits, asked.commits.len())
}

#[test]
fn a_writer_and_a_reader_agree_with_a_model() {
    assert_eq!(run("steady", Mix::new(5, 6), 60), (60, 60));
}

#[test]
fn the_model_agrees_with_brute_force() {
    for pace in [Pace { rate: 50, window: 6, filled: 0 }, Pace { rate: 100, window: 5, filled: 5 }] {
        let (mut mix, mut model, mut versions) =
            (Mix::with_pace(7, pace), Model::new(), Versions::new().expect("valid"));
        let mut earlier = Model::new();
        let mut commits = 0;
        while mix.time() < 40 {
            let step = mix.step();
            mix::change(&mut model, step);
            versions.change(step, mix.time());
            let Step::Commit = step else { continue };
            commits += 1;
            assert_eq!(versions.len(), model.len());
            assert!(versions.at(commits) == model && versions.at(commits - 1) == earlier, "commit {commits}");
            for content in (commits..mix.contents() + 20).step_by(37) {
                let everything = brute_force(&model, content, THRESHOLD, |_| true);
                assert_eq!(versions.answer(commits, content, THRESHOLD), everything);
                let keys = versions.keys(content);
                let sharing = brute_force(&earlier, content, 0.3, |other| versions.shares_band(other, &keys));
                assert_eq!(versions.answer(commits - 1, content, 0.3), sharing);
            }
            versions.keep_from_now();
            earlier.clone_from(&model);
        }
    }
}
