//! Messages on standard error.

use std::fmt::{self, Display, Write as _};
use std::io::{self, IsTerminal, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::color::Color;
use crate::escape::for_terminal;

/// Whether only errors are printed.
static QUIET: AtomicBool = AtomicBool::new(false);

/// Sends messages to standard error: warnings, and more with each `--verbose`; with `--quiet`, only errors.
pub(crate) fn print(verbose: u8, quiet: bool, color: Color) {
    QUIET.store(quiet, Ordering::Relaxed);
    let level = match verbose {
        _ if quiet => Level::ERROR,
        0 => Level::WARN,
        1 => Level::INFO,
        _ => Level::DEBUG,
    };
    // The subscriber would report that it cannot write by writing again, which panics.
    let messages = tracing_subscriber::fmt().with_writer(io::stderr).with_max_level(level).log_internal_errors(false);
    let messages = messages.with_ansi(color.is_on(io::stderr().is_terminal())).event_format(EscapedMessage);
    // A host may have a subscriber of its own, which then gets the messages.
    let _ = messages.try_init();
}

/// Returns whether only errors are printed.
pub(crate) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Prints the result of a run that wrote files, unless `--quiet` is given.
pub(crate) fn result(text: impl Display) {
    if !is_quiet() {
        write_line(&text.to_string());
    }
}

/// Says how many things there are, with the word for one or for several.
pub(crate) fn counted(count: impl TryInto<u64>, one: &str, several: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    format!("{count} {}", if count == 1 { one } else { several })
}

/// Returns a size for people: all bytes of a small one, otherwise one digit after the point of the largest unit that fits.
pub(crate) fn size(bytes: u64) -> String {
    let unit = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")].into_iter().find(|(unit, _)| bytes >= *unit);
    match unit {
        Some((unit, name)) if bytes >= 10_000 => format!("{:.1} {name}", bytes as f64 / unit as f64),
        _ => counted(bytes, "byte", "bytes"),
    }
}

/// Prints the error that ends the process.
pub(crate) fn error(text: &str) {
    write_line(&format!("twinprint: {}", indented(text)));
}

/// Indents the lines of a message after its first. A name with a line feed must not begin a line that could be taken for another message.
fn indented(text: &str) -> String {
    text.trim_end().replace('\n', "\n  ")
}

/// Writes to standard error. That nobody reads it, as after `2>&1 | head`, or that its disk is full, must not end a run.
fn write_line(text: &str) {
    let _ = writeln!(io::stderr(), "{}", for_terminal(text));
}

/// Collects the text of an event. The formatter of the library escapes it in a way of its own.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            // Writing to a string cannot fail.
            let _ = write!(self.0, "{value:?}");
        }
    }
}

/// Formats an event as its level and its message. Names of files in the message can hold escape sequences, which are escaped.
struct EscapedMessage;

impl<S, N> FormatEvent<S, N> for EscapedMessage
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        // What libraries report is not written for users, and may hold signed addresses.
        if !event.metadata().target().starts_with("twinprint") {
            return Ok(());
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        let level = *event.metadata().level();
        let (name, color) = match level {
            Level::ERROR => ("ERROR", 31),
            Level::WARN => (" WARN", 33),
            Level::INFO => (" INFO", 32),
            _ => ("DEBUG", 34),
        };
        if writer.has_ansi_escapes() {
            write!(writer, "\u{1b}[{color}m{name}\u{1b}[0m ")?;
        } else {
            write!(writer, "{name} ")?;
        }
        writeln!(writer, "{}", for_terminal(&indented(&message.0)))
    }
}
