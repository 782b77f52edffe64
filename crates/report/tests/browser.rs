//! Tests of the page in a browser: it opens, sorts, searches, marks and jumps, and hostile texts do no harm in it.
//!
//! If no Chromium is found, these tests report that and pass.

mod common;

use std::error::Error;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{HOSTILE, add_pair, full, hostile, many};
use headless_chrome::browser::default_executable;
use headless_chrome::protocol::cdp::Emulation::SetDeviceMetricsOverride;
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::{Browser, LaunchOptions, Tab};
use tempfile::TempDir;
use twinprint_report::{Report, Slot};

type Outcome = Result<(), Box<dyn Error>>;

/// A page open in a browser of its own.
struct Page {
    tab: Arc<Tab>,
    /// The complaints of the browser.
    complaints: Receiver<String>,
    _browser: Browser,
    _folder: TempDir,
}

/// What the console says last.
const END: &str = "end of the test";
const PHONE: u32 = 360;

impl Page {
    /// Opens a report in a window of this width in pixels. Returns `None` if there is no browser.
    fn open(report: &Report, width: u32) -> Result<Option<Self>, Box<dyn Error>> {
        let path = match default_executable() {
            Ok(path) => path,
            Err(reason) => {
                // Not by the macro, whose output the test runner keeps to itself.
                writeln!(io::stderr(), "SKIPPED, no browser was tested: {reason}")?;
                return Ok(None);
            }
        };
        let folder = TempDir::new()?;
        let file = folder.path().join("report.html");
        report.write_html(std::fs::File::create(&file)?)?;
        // A sandbox in a container needs rights that tests seldom have; the page is our own.
        let browser = Browser::new(LaunchOptions { path: Some(path), sandbox: false, ..LaunchOptions::default() })?;
        let tab = browser.new_tab()?;
        let complaints = listen(&tab)?;
        tab.call_method(metrics(width))?;
        tab.navigate_to(&format!("file://{}", file.display()))?.wait_until_navigated()?;
        Ok(Some(Self { tab, complaints, _browser: browser, _folder: folder }))
    }

    /// Evaluates an expression and returns its value as text.
    fn value(&self, expression: &str) -> Result<String, Box<dyn Error>> {
        let value = self.tab.evaluate(&format!("String({expression})"), false)?.value;
        Ok(value.as_ref().and_then(|value| value.as_str()).ok_or("no value")?.to_string())
    }

    fn click(&self, selector: &str) -> Outcome {
        let element = self.tab.find_element(selector)?;
        element.scroll_into_view()?;
        element.click()?;
        Ok(())
    }

    fn press(&self, key: &str) -> Outcome {
        self.tab.press_key(key)?;
        Ok(())
    }

    /// Fails if the browser has complained of anything so far.
    fn finish(self) -> Outcome {
        self.tab.evaluate(&format!("console.error({END:?})"), false)?;
        let first = self.complaints.recv_timeout(Duration::from_secs(20))?;
        assert!(first.contains(END), "the browser complains: {first}");
        Ok(())
    }
}

fn listen(tab: &Tab) -> Result<Receiver<String>, Box<dyn Error>> {
    let (send, complaints) = channel();
    let send = Mutex::new(send);
    tab.enable_log()?.enable_runtime()?;
    tab.add_event_listener(Arc::new(move |event: &Event| {
        let complaint = match event {
            Event::LogEntryAdded(entry) => entry.params.entry.text.clone(),
            Event::RuntimeExceptionThrown(thrown) => format!("{:?}", thrown.params.exception_details),
            Event::RuntimeConsoleAPICalled(called) => format!("{:?}", called.params.args),
            _ => return,
        };
        if let Ok(send) = send.lock() {
            // The test may be over.
            let _ = send.send(complaint);
        }
    }))?;
    Ok(complaints)
}

fn metrics(width: u32) -> SetDeviceMetricsOverride {
    SetDeviceMetricsOverride {
        width,
        height: 800,
        device_scale_factor: 1.0,
        mobile: false,
        scale: None,
        screen_width: None,
        screen_height: None,
        position_x: None,
        position_y: None,
        dont_set_visible_size: None,
        screen_orientation: None,
        viewport: None,
        display_feature: None,
        device_posture: None,
    }
}

/// The text of the cells of a column.
fn column(section: &str, number: usize) -> String {
    format!(
        "[...document.querySelectorAll('#{section} tbody tr td:nth-child({number})')].map((cell) => cell.textContent).join()"
    )
}

#[test]
fn tables_sort_search_and_turn_pages() -> Outcome {
    let Some(page) = Page::open(&many(120), 1_280)? else { return Ok(()) };
    let (rows, jaccard) = ("document.querySelectorAll('#pairs tbody tr').length", column("pairs", 4));
    assert_eq!(page.value(rows)?, "50");
    page.click("#pairs th:nth-child(4) button")?;
    assert!(page.value(&jaccard)?.starts_with("0.992,0.983,0.975,"));
    assert_eq!(page.value("document.querySelector('#pairs th:nth-child(4)').ariaSort")?, "descending");
    page.click("#pairs th:nth-child(4) button")?;
    assert!(page.value(&jaccard)?.starts_with("0.000,0.008,0.017,"));
    page.click("#pairs .pages button:last-child")?;
    assert!(page.value(&jaccard)?.starts_with("0.417,"));
    page.click("#pairs input")?;
    page.tab.type_str("TEXT-7-b copy")?;
    assert_eq!(page.value(&column("pairs", 2))?, "text-7-b");
    assert_eq!(page.value("document.querySelector('#pairs .found').textContent")?, "1 of 120 pairs");
    page.finish()
}

/// The text of every mark of a pane, without its number.
fn marks(pane: usize) -> String {
    format!(
        "[...document.querySelectorAll('.pane:nth-child({pane}) mark')].map((mark) => \
         [...mark.childNodes].filter((node) => !node.matches?.('.chip')).map((node) => node.textContent).join('')).join('|')"
    )
}

/// Where the focus is: the number of the pane, and of the mark.
const FOCUS: &str = "[...document.querySelectorAll('.pane')].findIndex((pane) => pane.contains(document.activeElement)) + 1 + ':' + \
     (document.activeElement.dataset.chip ?? document.activeElement.dataset.n)";

#[test]
fn what_is_replaced_is_listed_as_text() -> Outcome {
    let mut report = Report::new("Prices");
    let left = "Shares of Orvane Bank rose 2.5 percent on Monday, the exchange said.";
    let right = "Shares of Orvane Bank rose 7.1 percent on Monday, the exchange said.";
    add_pair(&mut report, ("a", left), ("b", right));
    let hostile = report.texts.get_mut("b").expect("just added");
    let start = hostile.len();
    hostile.push_str(HOSTILE[1]);
    let end = hostile.len();
    report.pairs[0].slots.push(Slot { left: (0, 6).into(), right: (start, end).into(), kind: "names".to_string() });
    let Some(page) = Page::open(&report, PHONE)? else { return Ok(()) };
    page.click("#pairs tbody tr button.open")?;
    let listed = "[...document.querySelectorAll('.replaced li')].map((item) => item.textContent).join('|')";
    assert_eq!(page.value(listed)?, format!("2.5 ↔ 7.1figures|Shares ↔ {}names", HOSTILE[1]));
    assert_eq!(page.value("document.querySelectorAll('.replaced img').length + String(window.harmed)")?, "0undefined");
    page.finish()
}

#[test]
fn passages_are_marked_on_both_sides_and_lead_to_each_other() -> Outcome {
    let Some(page) = Page::open(&full(), 1_280)? else { return Ok(()) };
    page.click("#pairs tbody tr button.open")?;
    let passages = [
        "We are sorry for the delay and will pay for it",
        "Nobody was hurt in the storm that closed the harbour on Monday",
    ];
    assert_eq!(page.value(&marks(1))?, passages.join("|"));
    assert_eq!(page.value(&marks(2))?, format!("{}|We are SORRY for the delay, and will pay for it", passages[1]));
    page.click(".pane:first-child [data-chip='2']")?;
    assert_eq!(page.value(FOCUS)?, "2:2");
    page.press("Enter")?;
    assert_eq!(page.value(FOCUS)?, "1:2");
    page.press("n")?;
    assert_eq!(page.value(FOCUS)?, "1:1");
    page.press("p")?;
    assert_eq!(page.value(FOCUS)?, "1:2");
    let lit = "[...document.querySelectorAll('.current')].map((mark) => mark.dataset.n).join()";
    assert_eq!(page.value(lit)?, "passage-2,passage-2");
    page.press("Escape")?;
    assert_eq!(page.value("document.querySelector('dialog').open")?, "false");
    assert_eq!(page.value("document.activeElement.className")?, "open");
    page.finish()
}

#[test]
fn words_of_rewrites_are_marked_and_named_as_such() -> Outcome {
    let Some(page) = Page::open(&full(), 1_280)? else { return Ok(()) };
    page.click("#pairs tbody tr:nth-child(2) button.open")?;
    assert!(
        page.value("document.querySelector('.ways').textContent")?
            .starts_with("No shared passage; 3 shared words marked")
    );
    let words = |pane| {
        format!(
            "[...document.querySelectorAll('.pane:nth-child({pane}) .word')].map((word) => word.textContent).join()"
        )
    };
    assert_eq!(
        (page.value(&words(1))?, page.value(&words(2))?),
        ("Storm,old,harbour".into(), "Old,harbour,storm,storm".into())
    );
    page.press("n")?;
    assert_eq!(page.value(FOCUS)?, "1:word-1");
    page.press("Enter")?;
    assert_eq!(page.value(FOCUS)?, "2:word-1");
    page.finish()
}

#[test]
fn every_section_opens() -> Outcome {
    let Some(page) = Page::open(&full(), 1_280)? else { return Ok(()) };
    assert_eq!(
        page.value("[...document.querySelectorAll('nav a')].map((link) => link.hash).join()")?,
        "#pairs,#contained,#clusters,#repeated"
    );
    let title = "document.querySelector('#view-title').textContent";
    page.click("#contained button.open")?;
    assert_eq!(page.value(title)?, "wire in page");
    assert_eq!(page.value("location.hash")?, "#contained-1");
    page.press("Escape")?;
    page.click("#repeated button.open")?;
    assert_eq!(page.value(title)?, "page repeats itself");
    assert_eq!(page.value("document.querySelectorAll('.pane').length")?, "1");
    let chips = "[...document.querySelectorAll('[data-chip]')]";
    assert_eq!(page.value(&format!("{chips}.map((chip) => chip.dataset.chip).join()"))?, "1,1");
    page.click("[data-chip]")?;
    assert_eq!(page.value(&format!("{chips}.indexOf(document.activeElement)"))?, "1");
    page.press("Enter")?;
    assert_eq!(page.value(&format!("{chips}.indexOf(document.activeElement)"))?, "0");
    page.press("Escape")?;
    page.click("#clusters button.open")?;
    assert_eq!(page.value("document.querySelector('.members li').textContent")?, "post0.500half of itCompare");
    page.click(".members button")?;
    assert_eq!(page.value(title)?, "wire and post");
    page.finish()
}

/// The text on the left, without the numbers of its passages.
const SHOWN: &str = "(() => { const text = document.querySelector('.text').cloneNode(true); \
     text.querySelectorAll('.chip').forEach((chip) => chip.remove()); return text.textContent; })()";

/// Whether a character is shown as it is.
fn is_plain(c: char) -> bool {
    !c.is_control() && !('\u{202a}'..='\u{202e}').contains(&c) && !('\u{2066}'..='\u{2069}').contains(&c)
}

#[test]
fn hostile_texts_do_no_harm() -> Outcome {
    let Some(page) = Page::open(&hostile(), 1_280)? else { return Ok(()) };
    for (number, text) in HOSTILE.iter().enumerate() {
        page.value(&format!("document.querySelectorAll('#pairs button.open')[{number}].click()"))?;
        let shown = page.value(SHOWN)?;
        if text.chars().all(is_plain) {
            assert_eq!(&shown, text);
        } else {
            assert!(shown.chars().all(is_plain), "{shown:?}");
        }
        page.value(&format!("document.querySelectorAll('#clusters button.open')[{number}].click()"))?;
    }
    assert_eq!(page.value("window.harmed")?, "undefined");
    assert_eq!(
        page.value(
            "document.querySelectorAll('img, #sections svg, dialog svg, iframe, script:not(body > script)').length"
        )?,
        "0"
    );
    assert_eq!(page.value("performance.getEntriesByType('resource').length")?, "0");
    assert_eq!(page.value("document.querySelectorAll('.left-out').length > 0")?, "true");
    page.finish()
}

#[test]
fn injected_script_is_refused_by_the_policy() -> Outcome {
    let Some(page) = Page::open(&full(), 1_280)? else { return Ok(()) };
    page.value("document.body.insertAdjacentHTML('beforeend', '<img src=data: onerror=\"window.harmed = 1\">')")?;
    page.value("document.body.append(Object.assign(document.createElement('script'), { text: 'window.harmed = 1' }))")?;
    assert_eq!(page.value("window.harmed")?, "undefined");
    let complaint = page.complaints.recv_timeout(Duration::from_secs(20))?;
    assert!(complaint.contains("Content Security Policy"), "{complaint}");
    Ok(())
}

#[test]
fn five_thousand_pairs_are_one_page_of_rows() -> Outcome {
    let Some(page) = Page::open(&many(5_000), 1_280)? else { return Ok(()) };
    assert_eq!(page.value("document.querySelectorAll('tr').length")?, "51");
    assert_eq!(page.value("document.querySelectorAll('.pane').length")?, "0");
    page.click("#pairs tbody tr:nth-child(9) button.open")?;
    assert_eq!(page.value("document.querySelector('.steps span').textContent")?, "9 of 5\u{202f}000");
    page.finish()
}

#[test]
fn a_telephone_shows_all_of_it() -> Outcome {
    let Some(page) = Page::open(&hostile(), PHONE)? else { return Ok(()) };
    let fits = "document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(page.value("innerWidth")?, PHONE.to_string());
    assert_eq!(page.value(fits)?, "true");
    page.value("document.querySelector('#pairs button.open').click()")?;
    assert_eq!(page.value(fits)?, "true");
    let below = "document.querySelectorAll('.pane')[1].getBoundingClientRect().top >= \
                 document.querySelectorAll('.pane')[0].getBoundingClientRect().bottom";
    assert_eq!(page.value(below)?, "true");
    assert_eq!(page.value("[...document.querySelectorAll('.text')].every((text) => text.clientHeight > 100)")?, "true");
    page.finish()
}
