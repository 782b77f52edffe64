//! Shows what a banding finds: S-curves as a table and as a plot, and what the planner chooses.
//!
//! ```text
//! cargo run --release --example tune_threshold [THRESHOLD [NUM_HASHES]]
//! ```

use twinprint::Error;
use twinprint::lsh::Banding;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let threshold: f64 = arguments.next().map_or(Ok(0.8), |text| text.parse())?;
    let num_hashes: u32 = arguments.next().map_or(Ok(128), |text| text.parse())?;

    let planned = Banding::for_threshold(threshold).recall(0.99).num_hashes(num_hashes).plan()?;
    let areas = Banding::minimizing_error_areas(threshold, num_hashes, 0.5, 0.5)?;
    let rows = [2, 4, 8, 16].into_iter().filter(|rows| num_hashes / rows > 0);
    let mut bandings = vec![("planned", planned), ("areas", areas)];
    bandings
        .extend(rows.map(|rows| Ok(("", Banding::new(num_hashes / rows, rows)?))).collect::<Result<Vec<_>, Error>>()?);

    println!("The chance that a pair of a given similarity becomes a candidate ({num_hashes} hashes)\n");
    table(&bandings);
    println!("\n\"planned\" is the cheapest banding that finds 99 of 100 pairs at {threshold}.");
    println!(
        "\"areas\" is what minimising two areas gives, as other libraries do; at {threshold} it finds {:.0} of 100.\n",
        100.0 * areas.recall(threshold)
    );
    plot("planned", planned, threshold);
    println!("\nWhat each recall costs at {threshold} (a million documents)");
    for recall in [0.9, 0.95, 0.99, 0.999] {
        match Banding::for_threshold(threshold).recall(recall).num_hashes(num_hashes).plan() {
            Ok(banding) => println!(
                "  recall {recall:5}: {:3} bands of {:2} rows; unrelated documents (0.02) become candidates in {:.1e} of all pairs",
                banding.bands(),
                banding.rows(),
                banding.probability(0.02)
            ),
            Err(error) => println!("  recall {recall:5}: {error}"),
        }
    }
    Ok(())
}

fn table(bandings: &[(&str, Banding)]) {
    let cells = |cell: &dyn Fn(&(&str, Banding)) -> String| {
        bandings.iter().map(|banding| format!("{:>9}", cell(banding))).collect::<String>()
    };
    println!("{:10}{}", "", cells(&|(name, _)| (*name).to_string()));
    println!("{:10}{}", "J", cells(&|(_, banding)| format!("{}x{}", banding.bands(), banding.rows())));
    for tenth in 1..=19 {
        let similarity = f64::from(tenth) / 20.0;
        println!("{similarity:<10.2}{}", cells(&|(_, banding)| format!("{:.4}", banding.probability(similarity))));
    }
}

fn plot(name: &str, banding: Banding, threshold: f64) {
    const HEIGHT: u32 = 12;
    const WIDTH: u32 = 60;
    println!("{name}: {} bands of {} rows", banding.bands(), banding.rows());
    for line in (0..=HEIGHT).rev() {
        let level = f64::from(line) / f64::from(HEIGHT);
        let point = |column: u32| {
            let similarity = f64::from(column) / f64::from(WIDTH);
            let height = (banding.probability(similarity) * f64::from(HEIGHT)).round() as u32;
            let at_threshold = (similarity - threshold).abs() < 0.5 / f64::from(WIDTH);
            if height == line {
                '*'
            } else if at_threshold {
                '|'
            } else {
                ' '
            }
        };
        println!("{level:5.2} {}", (0..=WIDTH).map(point).collect::<String>().trim_end());
    }
    println!("      0{:>30}{:>30}  similarity; | is the threshold", "0.5", "1");
}
