//! A picture of a run: for each case a row, for each side a dot at its time beside hand-written sqlx.

use std::path::Path;

use anyhow::{Result, ensure};
use plotters::prelude::*;

use crate::peer::Side;
use crate::report::{OnDatabase, Report};

/// The first and the last of the axis. What is beyond stands at its end.
const RANGE: (f64, f64) = (0.1, 10.0);

/// Draws the results of a run as SVG.
pub fn draw(report: &Report, file: &Path) -> Result<()> {
    let databases = &report.databases;
    ensure!(!databases.is_empty(), "the run measured nothing");
    let rows = databases.iter().map(|on| on.cases.len()).max().unwrap_or_default();
    let height = 140 + 26 * u32::try_from(rows)?;
    let area = SVGBackend::new(file, (900, height * u32::try_from(databases.len())?)).into_drawing_area();
    area.fill(&WHITE)?;
    for (area, on) in area.split_evenly((databases.len(), 1)).iter().zip(databases) {
        draw_one(on, area)?;
    }
    Ok(area.present()?)
}

fn draw_one(on: &OnDatabase, area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>) -> Result<()> {
    let rows = on.cases.len();
    let title = format!("{}: time beside hand-written sqlx, the best that was found", on.database);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 17))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(270)
        .build_cartesian_2d((RANGE.0..RANGE.1).log_scale(), (0..rows).into_segmented())?;
    // The first case is the topmost row.
    let case = |row: usize| &on.cases[rows - 1 - row];
    chart
        .configure_mesh()
        .disable_y_mesh()
        .x_desc("less is faster; both ends stand for what is beyond them")
        .y_labels(rows)
        .y_label_formatter(&|row| match row {
            SegmentValue::CenterOf(row) if *row < rows => case(*row).case.label().to_owned(),
            _ => String::new(),
        })
        .draw()?;
    let line = [(1.0, SegmentValue::Exact(0)), (1.0, SegmentValue::Last)];
    chart.draw_series(LineSeries::new(line, BLACK.stroke_width(2)))?;
    for (number, side) in Side::all().filter(|side| *side != Side::SqlxBest).enumerate() {
        let color = Palette99::pick(number).to_rgba();
        // This library is drawn larger.
        let size = if side == Side::Ours { 7 } else { 4 };
        let points: Vec<_> = (0..rows)
            .filter_map(|row| {
                let (ratio, _) = case(row).of(side)?.beside(case(row).of(Side::SqlxBest)?);
                Some((ratio.clamp(RANGE.0, RANGE.1), SegmentValue::CenterOf(row)))
            })
            .collect();
        if points.is_empty() {
            continue;
        }
        chart
            .draw_series(points.into_iter().map(|point| Circle::new(point, size, color.filled())))?
            .label(side.label())
            .legend(move |(x, y)| Circle::new((x + 8, y), size, color.filled()));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE)
        .border_style(BLACK)
        .label_font(("sans-serif", 13))
        .draw()?;
    Ok(())
}
