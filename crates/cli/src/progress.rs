//! How far a run has come, on a terminal.

use std::ops::ControlFlow;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use twinprint::join::{Progress, Stage};

/// Shows the rate and the time left; silent where standard error is no terminal.
pub(crate) fn bytes(total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => {
            (ProgressBar::new(total), "{msg:>11} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta} left")
        }
        None => (ProgressBar::new_spinner(), "{msg:>11} {bytes} {bytes_per_sec}"),
    };
    bar.with_style(style(template)).with_message("reading")
}

/// Shows how many documents were written.
pub(crate) fn documents(total: u64) -> ProgressBar {
    let style = style("{msg:>11} {wide_bar} {percent:>3} % {eta} left");
    ProgressBar::new(total).with_style(style).with_message("writing")
}

/// Shows the stages of a join that finishes.
pub(crate) fn stages() -> (ProgressBar, impl FnMut(Progress) -> ControlFlow<()>) {
    let bar = ProgressBar::new(1).with_style(style("{msg:>11} {wide_bar} {percent:>3} % {eta} left"));
    let shown = bar.clone();
    let mut took = Took::default();
    let show = move |progress: Progress| {
        if took.begin(progress.stage) {
            shown.reset();
            shown.set_message(name(progress.stage));
        }
        shown.set_length(progress.total);
        shown.set_position(progress.done);
        ControlFlow::Continue(())
    };
    (bar, show)
}

/// Says of each stage how long it took, when the next one begins or the last one is over.
#[derive(Default)]
struct Took(Option<(Stage, Instant)>);

impl Took {
    /// Whether this is another stage than the one before.
    fn begin(&mut self, stage: Stage) -> bool {
        if self.0.is_some_and(|(before, _)| before == stage) {
            return false;
        }
        self.end();
        self.0 = Some((stage, Instant::now()));
        true
    }

    fn end(&self) {
        if let Some((stage, started)) = self.0 {
            tracing::debug!("{}: {:.1?}", name(stage), started.elapsed());
        }
    }
}

impl Drop for Took {
    fn drop(&mut self) {
        self.end();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ")
}

fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::Grouping => "grouping",
        Stage::Partitioning => "banding",
        Stage::Candidates => "candidates",
        Stage::Gathering => "gathering",
        Stage::Verification => "verifying",
        Stage::Sampling => "sampling",
        Stage::Containment => "containment",
        _ => "working",
    }
}
