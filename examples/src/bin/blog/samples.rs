//! The posts that the program ships.

use crate::source::Source;

/// Names the files of `samples/` together with their text.
macro_rules! samples {
    ($($name:literal)*) => {
        [$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/", $name)))),*]
    };
}

/// The sample posts, parsed.
pub fn all() -> Vec<Source> {
    let files = samples![
        "bread-and-tea.md"
        "croissants.md"
        "feeding-a-starter.md"
        "flour.md"
        "lighting-the-oven.md"
        "rye.md"
        "weekly-notes-1.md"
        "weekly-notes-2.md"
    ];
    files.into_iter().map(|(name, text)| Source::parse(name.to_owned(), text)).collect()
}

#[cfg(test)]
mod tests {
    use super::all;

    #[test]
    fn every_sample_is_well_formed() {
        for sample in all() {
            assert!(sample.document.is_ok(), "{}: {:#}", sample.path, sample.document.unwrap_err());
        }
    }
}
