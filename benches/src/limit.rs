//! The most that this library may take beside another side.

use harness::Case;
use serde::{Deserialize, Serialize};

use crate::database::Kind;
use crate::measure::{Measured, OfSide};
use crate::peer::Side;

/// A limit, and what was measured.
#[derive(Debug, Serialize, Deserialize)]
pub struct Limit {
    /// The case.
    pub case: Case,
    /// Beside whom.
    pub beside: Side,
    /// The most.
    pub at_most: f64,
    /// Our median by theirs.
    pub ratio: f64,
    /// The lowest and the highest of the same in each tenth of the run.
    pub range: (f64, f64),
}

impl Limit {
    /// Whether it holds.
    pub fn verdict(&self) -> &'static str {
        match self {
            _ if self.ratio <= self.at_most => "holds",
            _ if self.range.0 <= self.at_most => "within the spread",
            _ => "above",
        }
    }
}

/// The limits of a case, of those sides that were measured.
pub fn limits(measured: &Measured, kind: Kind) -> Vec<Limit> {
    let Some(ours) = measured.of(Side::Ours) else { return Vec::new() };
    let sides = measured.sides.iter().filter(|it| it.side != Side::Ours);
    let limit = |other: &OfSide| {
        let at_most = at_most(measured.case, other.side, kind)?;
        let (ratio, range) = ours.beside(other);
        Some(Limit { case: measured.case, beside: other.side, at_most, ratio, range })
    };
    sides.filter_map(limit).collect()
}

fn at_most(case: Case, beside: Side, kind: Kind) -> Option<f64> {
    let is_write = !matches!(
        case,
        Case::Get
            | Case::List100
            | Case::List10000
            | Case::Joined100
            | Case::Count
            | Case::Page1
            | Case::Page1000
    );
    Some(match (beside, case) {
        (Side::SqlxBest, Case::AuditedSaveOverNetwork) => 0.30,
        (Side::SqlxBest, Case::AuditedSave) if kind == Kind::Postgres => 0.50,
        (Side::SqlxBest, Case::AuditedSave) => 0.80,
        (Side::SqlxBest, Case::Joined100 | Case::Sell) => 1.05,
        (Side::SqlxBest, _) => 1.00,
        (Side::Sqlx, Case::Get) => 0.80,
        (Side::Sqlx, Case::List10000) => 0.92,
        (Side::Sqlx, Case::AuditedBulkDelete) => 0.25,
        // Its driver is synchronous and decodes binary values: plain reads may be quicker.
        (Side::Diesel, _) if case.is_audited() || case == Case::AuditedBulkDelete => 1.00,
        (Side::Diesel, _) if is_write && kind == Kind::Postgres => 1.00,
        (Side::SeaOrm | Side::Toasty | Side::Rustango, _) => 1.00,
        (Side::Ours | Side::Sqlx | Side::Driver | Side::Diesel | Side::Django, _) => return None,
    })
}
