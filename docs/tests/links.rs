//! Links between the pages lead somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let chapters = fs::read_dir(root.join("src")).unwrap().map(|entry| entry.unwrap().path());
    let outside = ["README.md", "CHANGELOG.md"].map(|name| root.join("..").join(name));
    chapters.filter(|path| path.extension().is_some_and(|e| e == "md")).chain(outside).collect()
}

/// The targets of a page's links, but for those that lead to the web.
fn links(page: &str) -> impl Iterator<Item = &str> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://") && !target.contains(char::is_whitespace))
}

/// The anchors of a page's headings, as mdBook and GitHub make them.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings =
        page.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let keep = |c: char| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c.to_ascii_lowercase()),
        _ => None,
    };
    headings.map(|heading| heading.chars().filter_map(keep).collect()).collect()
}

#[test]
fn every_link_leads_to_a_page_and_a_heading() {
    let mut checked = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for link in links(&text) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { page.clone() } else { page.with_file_name(path) };
            assert!(target.exists(), "{} links to {link}", page.display());
            if !anchor.is_empty() {
                let anchors = anchors(&fs::read_to_string(&target).unwrap());
                assert!(anchors.contains(anchor), "{} links to {link}: {anchors:?}", page.display());
            }
            checked += 1;
        }
    }
    assert!(checked > 40, "only {checked} links were found");
}

#[test]
fn the_summary_lists_every_chapter() {
    let summary = include_str!("../src/SUMMARY.md");
    let listed: BTreeSet<&str> = links(summary).collect();
    let names = pages().into_iter().filter(|page| page.parent().unwrap().ends_with("src"));
    let names: Vec<String> =
        names.map(|page| page.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    let chapters: BTreeSet<&str> =
        names.iter().map(String::as_str).filter(|name| *name != "SUMMARY.md").collect();
    assert_eq!(listed, chapters);
}
