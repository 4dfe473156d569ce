//! The Markdown files below a folder.

use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow, ensure};
use walkdir::WalkDir;

use crate::document::Document;

/// The name of the files that describe a section of the site, not a post.
const SECTION_INDEX: &str = "_index.md";

/// One file, and what was in it or why it could not be read.
pub struct Source {
    /// Where it is below the folder, with `/` between the parts on every system.
    pub path: String,
    /// `None` for the index file of a section.
    pub document: anyhow::Result<Option<Document>>,
}

/// Reads every Markdown file below a folder, in the order of their names.
pub fn read_dir(dir: &Path) -> anyhow::Result<Vec<Source>> {
    ensure!(dir.is_dir(), "there is no folder {}", dir.display());
    // A set order, since of two posts with one title the first gets the plain slug.
    let files = WalkDir::new(dir).follow_links(true).sort_by_file_name().into_iter().filter(|entry| {
        let is_markdown = |entry: &walkdir::DirEntry| entry.path().extension().is_some_and(|e| e == "md");
        entry.as_ref().map_or(true, |entry| entry.file_type().is_file() && is_markdown(entry))
    });
    Ok(files
        .map(|entry| match entry {
            Ok(entry) => Source::read(dir, entry.path()),
            Err(error) => {
                let path = error.path().map_or_else(String::new, |path| relative(dir, path));
                let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                Source { path, document: Err(anyhow!("it cannot be read: {reason}")) }
            }
        })
        .collect())
}

impl Source {
    /// A file's text under the path that the file is known by.
    pub fn parse(path: String, text: &str) -> Self {
        Self { document: Document::parse(text).map(Some), path }
    }

    fn read(dir: &Path, file: &Path) -> Self {
        let path = relative(dir, file);
        if file.file_name().is_some_and(|name| name == SECTION_INDEX) {
            return Self { path, document: Ok(None) };
        }
        // The path is what a second import finds the post by, so it has to be kept exactly.
        let text = match file.to_str() {
            Some(_) => fs::read_to_string(file).context("it cannot be read"),
            None => Err(anyhow!("its name is not UTF-8")),
        };
        match text {
            Ok(text) => Self::parse(path, &text),
            Err(error) => Self { path, document: Err(error) },
        }
    }
}

/// The path below the folder, for people to read.
fn relative(dir: &Path, path: &Path) -> String {
    let path = path.strip_prefix(dir).unwrap_or(path);
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}
