//! Draws the S-curve and the histogram as SVG, whose colours the style sheet of the page sets.

use plotters::coord::Shift;
use plotters::element::{Circle, PathElement, Rectangle, Text};
use plotters::prelude::{ChartBuilder, DrawingArea, IntoDrawingArea, LineSeries, RGBColor, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, TextStyle};
use twinprint::lsh::Banding;

use crate::model::Curve;

/// The size in pixels: narrow, so that the labels are legible on a telephone.
const SIZE: (u32, u32) = (460, 270);
const FONT_SIZE: u32 = 13;

// The style sheet selects these by value (`[fill="#…"]`) and replaces them in each theme.
const INK: RGBColor = RGBColor(0x5C, 0x60, 0x66);
const GRID: RGBColor = RGBColor(0xE4, 0xE2, 0xDC);
const CURVE: RGBColor = RGBColor(0x1F, 0x5F, 0x8B);
const DATA: RGBColor = RGBColor(0xB4, 0x53, 0x09);
const THRESHOLD: RGBColor = RGBColor(0x8A, 0x8D, 0x91);

/// The number of bars of the histogram.
const BINS: usize = 50;
/// The resolution of points on the curve: similarities closer than its inverse become one point.
const POINTS: f64 = 250.0;

type DrawResult = Result<(), Box<dyn std::error::Error>>;

/// Draws the probability that a pair becomes a candidate over its similarity, with a point for each similarity of a
/// pair. Returns `None` if the banding or the threshold is invalid.
pub(crate) fn s_curve(curve: &Curve, similarities: &[f64]) -> Option<String> {
    let banding = Banding::new(curve.bands, curve.rows).ok()?;
    let threshold = proper(&[curve.threshold]).next()?;
    drawn(|area| {
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .x_label_area_size(40)
            .y_label_area_size(52)
            .build_cartesian_2d(0.0..1.0, 0.0..1.02)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(GRID.mix(0.0))
            .bold_line_style(GRID)
            .axis_style(THRESHOLD)
            .label_style(letters())
            .x_labels(6)
            .y_labels(6)
            .x_label_formatter(&|s| format!("{s:.1}"))
            .y_label_formatter(&|p| format!("{:.0} %", 100.0 * p))
            .x_desc("Jaccard similarity")
            .draw()?;
        chart.draw_series([PathElement::new([(threshold, 0.0), (threshold, 1.0)], THRESHOLD)])?;
        let line = (0..=200).map(|step| f64::from(step) / 200.0).map(|s| (s, banding.probability(s)));
        chart.draw_series(LineSeries::new(line, CURVE.stroke_width(2)))?;
        let point = |s| Circle::new((s, banding.probability(s)), 3, DATA.filled());
        chart.draw_series(apart(similarities).into_iter().map(point))?;
        let beside = if threshold < 0.75 { HPos::Left } else { HPos::Right };
        let style = letters().pos(Pos::new(beside, VPos::Bottom));
        let shift = if threshold < 0.75 { 0.012 } else { -0.012 };
        chart.draw_series([Text::new(format!("threshold {threshold}"), (threshold + shift, 0.02), style)])?;
        Ok(())
    })
}

/// Draws the number of pairs over their similarity, in bars of 0.02. Returns `None` if there is no pair.
pub(crate) fn histogram(similarities: &[f64]) -> Option<String> {
    let bins = binned(similarities);
    let most = bins.iter().copied().max().filter(|&most| most > 0)?;
    drawn(|area| {
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .x_label_area_size(40)
            .y_label_area_size(52)
            .build_cartesian_2d(0.0..1.0, 0.0..most as f64 * 1.08)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(GRID.mix(0.0))
            .bold_line_style(GRID)
            .axis_style(THRESHOLD)
            .label_style(letters())
            .x_labels(6)
            .y_labels(most.min(5) + 1)
            .x_label_formatter(&|s| format!("{s:.1}"))
            .y_label_formatter(&whole)
            .x_desc("Jaccard similarity")
            .draw()?;
        let edge = |bin: usize| bin as f64 / BINS as f64;
        let bar = |(bin, &count): (usize, &usize)| {
            Rectangle::new([(edge(bin) + 0.002, 0.0), (edge(bin + 1) - 0.002, count as f64)], DATA.filled())
        };
        chart.draw_series(bins.iter().enumerate().filter(|(_, count)| **count > 0).map(bar))?;
        Ok(())
    })
}

/// Formats a whole number, and leaves labels between two of them empty, because there are no halves of pairs.
fn whole(count: &f64) -> String {
    if count.fract() == 0.0 { count.to_string() } else { String::new() }
}

/// Returns the style of all labels.
fn letters() -> TextStyle<'static> {
    TextStyle::from(("sans-serif", FONT_SIZE).into_font()).color(&INK)
}

/// Draws on a new canvas, and returns the SVG, or `None` if anything fails.
fn drawn(draw: impl FnOnce(&DrawingArea<SVGBackend<'_>, Shift>) -> DrawResult) -> Option<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        draw(&area).ok()?;
        area.present().ok()?;
    }
    Some(svg)
}

/// Returns the distinct similarities at the resolution of the page, in ascending order.
fn apart(similarities: &[f64]) -> Vec<f64> {
    let mut points: Vec<u32> = proper(similarities).map(|s| (s * POINTS).round() as u32).collect();
    points.sort_unstable();
    points.dedup();
    points.into_iter().map(|point| f64::from(point) / POINTS).collect()
}

/// Counts similarities by bar. A similarity of 1 is in the last one.
fn binned(similarities: &[f64]) -> Vec<usize> {
    let mut bins = vec![0; BINS];
    for similarity in proper(similarities) {
        bins[((similarity * BINS as f64) as usize).min(BINS - 1)] += 1;
    }
    bins
}

/// Yields the similarities that are in the range of the charts. Other numbers can come from JSON that somebody else
/// wrote.
fn proper(similarities: &[f64]) -> impl Iterator<Item = f64> + '_ {
    similarities.iter().copied().filter(|s| (0.0..=1.0).contains(s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_every_similarity_and_nothing_else() {
        let bins = binned(&[0.0, 0.019, 0.02, 0.999, 1.0, 1.1, -0.1, f64::NAN, f64::INFINITY]);
        assert_eq!((bins[0], bins[1], bins[BINS - 1]), (2, 1, 2));
        assert_eq!(bins.iter().sum::<usize>(), 5);
    }

    #[test]
    fn points_that_cannot_be_told_apart_are_one() {
        assert_eq!(apart(&[0.5001, 0.5, 0.5, f64::NAN, 1.0]), [0.5, 1.0]);
    }

    #[test]
    fn there_is_a_point_for_each_and_a_bar_for_each_bin() {
        let curve = Curve { bands: 20, rows: 5, threshold: 0.5 };
        let svg = s_curve(&curve, &[0.5, 0.7, 0.9]).expect("drawn");
        assert_eq!(svg.matches("<circle").count(), 3);
        assert!(svg.contains("threshold 0.5"), "{svg}");
        assert_eq!(labels(&histogram(&[0.5, 0.9]).expect("drawn")), ["0", "1"]);
        assert_eq!(labels(&histogram(&[0.5; 1_000]).expect("drawn")), ["0", "200", "400", "600", "800", "1000"]);
        let svg = histogram(&[0.5, 0.5, 0.9]).expect("drawn");
        assert_eq!(svg.matches("fill=\"#B45309\"").count(), 2, "{svg}");
    }

    /// The whole numbers that are written, from below.
    fn labels(svg: &str) -> Vec<&str> {
        let mut labels: Vec<&str> =
            svg.lines().filter(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_digit())).collect();
        labels.sort_unstable_by_key(|label| label.parse::<u32>().ok());
        labels
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert_eq!(s_curve(&Curve { bands: 0, rows: 5, threshold: 0.5 }, &[]), None);
        assert_eq!(histogram(&[f64::NAN]), None);
        assert_eq!(s_curve(&Curve { bands: 20, rows: 5, threshold: f64::NAN }, &[]), None);
    }
}
