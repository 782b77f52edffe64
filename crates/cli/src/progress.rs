//! Progress bars on a terminal.

use std::ops::ControlFlow;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use twinprint::join::{Progress, Stage};

use crate::messages;

/// Creates a bar for reading that shows the rate and the time left. Draws nothing if standard error is not a terminal.
pub(crate) fn bytes(total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => {
            (ProgressBar::new(total), "{msg:>11} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta} left")
        }
        None => (ProgressBar::new_spinner(), "{msg:>11} {bytes} {bytes_per_sec}"),
    };
    hidden_if_quiet(bar).with_style(style(template)).with_message("reading")
}

/// Creates a bar for writing documents.
pub(crate) fn documents(total: u64) -> ProgressBar {
    let style = style("{msg:>11} {wide_bar} {percent:>3} % {eta} left");
    hidden_if_quiet(ProgressBar::new(total)).with_style(style).with_message("writing")
}

/// Creates a bar for the stages of a join, and the callback that moves it.
pub(crate) fn stages() -> (ProgressBar, impl FnMut(Progress) -> ControlFlow<()>) {
    let bar = hidden_if_quiet(ProgressBar::new(1)).with_style(style("{msg:>11} {wide_bar} {percent:>3} % {eta} left"));
    let shown = bar.clone();
    let mut timer = StageTimer::default();
    let show = move |progress: Progress| {
        if timer.begin(progress.stage) {
            shown.reset();
            shown.set_message(name(progress.stage));
        }
        shown.set_length(progress.total);
        shown.set_position(progress.done);
        ControlFlow::Continue(())
    };
    (bar, show)
}

/// Draws nothing with `--quiet`.
fn hidden_if_quiet(bar: ProgressBar) -> ProgressBar {
    if messages::is_quiet() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    bar
}

/// Logs how long each stage took, when the next one begins or the timer is dropped.
#[derive(Default)]
struct StageTimer(Option<(Stage, Instant)>);

impl StageTimer {
    /// Notes the current stage; returns whether it is a new one.
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

impl Drop for StageTimer {
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
