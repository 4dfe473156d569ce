//! A Markdown file with TOML front matter.

use anyhow::{anyhow, bail, ensure};
use chrono::NaiveDate;
use serde::Deserialize;

/// The line before and after the front matter.
const FENCE: &str = "+++";

/// What a Markdown file says about a post.
#[derive(Debug, PartialEq)]
pub struct Document {
    pub title: String,
    pub authors: Vec<String>,
    pub description: String,
    pub posted_on: Option<NaiveDate>,
    pub aliases: Vec<String>,
    pub category: Option<String>,
    pub tags: Vec<String>,
    pub content: String,
}

/// The keys that matter here; a site generator may have put others beside them.
#[derive(Deserialize)]
struct FrontMatter {
    title: String,
    #[serde(default)]
    authors: Vec<String>,
    #[serde(default)]
    description: String,
    path: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    taxonomies: Taxonomies,
    #[serde(default)]
    extra: Extra,
}

/// What a site generator files posts under.
#[derive(Default, Deserialize)]
struct Taxonomies {
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
}

/// What a blog has added of its own.
#[derive(Default, Deserialize)]
struct Extra {
    /// The team that wrote the post: its category, where it has none.
    team: Option<String>,
}

impl Document {
    /// Reads the text of a file.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let (front, content) = split(text)?;
        let front: FrontMatter = toml::from_str(front).map_err(|error| in_one_line(&error, front))?;
        ensure!(!front.title.trim().is_empty(), "the front matter has an empty `title`");
        let Taxonomies { categories, tags } = front.taxonomies;
        ensure!(
            categories.len() < 2,
            "`categories` has {}, and a post has one: keep the first",
            categories.len()
        );
        Ok(Self {
            title: front.title,
            authors: front.authors,
            description: front.description,
            posted_on: front.path.as_deref().map(date_in).transpose()?.flatten(),
            aliases: front.aliases,
            category: categories.into_iter().next().or(front.extra.team).and_then(|name| tidy(&name)),
            tags: tags.iter().filter_map(|name| tidy(name)).collect(),
            content: content.trim().to_owned(),
        })
    }
}

/// A name without the white space that makes no difference; `None` where nothing is left.
pub fn tidy(name: &str) -> Option<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    (!name.is_empty()).then_some(name)
}

/// Splits a file into its front matter and its content.
fn split(text: &str) -> anyhow::Result<(&str, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.split_inclusive('\n');
    let opening = lines.next().unwrap_or_default();
    ensure!(opening.trim_end() == FENCE, "there is no front matter: the first line is not `{FENCE}`");
    let start = opening.len();
    let mut end = start;
    for line in lines {
        if line.trim_end() == FENCE {
            return Ok((&text[start..end], &text[end + line.len()..]));
        }
        end += line.len();
    }
    bail!("the front matter has no end: a second line `{FENCE}` is missing")
}

/// The message of a TOML error with the line of the file; its own form draws a picture over five lines.
fn in_one_line(error: &toml::de::Error, front: &str) -> anyhow::Error {
    let message = error.message().replace('\n', ", ");
    match error.span().filter(|span| span.end > 0).and_then(|span| front.get(..span.start)) {
        // Lines count from one, and the fence is the first.
        Some(before) => anyhow!("line {}: {message}", before.matches('\n').count() + 2),
        None => anyhow!("the front matter: {message}"),
    }
}

/// The date in a path such as `2023/08/03/slug` or `team/2023/08/03/slug`.
fn date_in(path: &str) -> anyhow::Result<Option<NaiveDate>> {
    let is_number = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = path.split('/').collect();
    let Some(date) =
        parts.windows(3).find(|date| is_number(date[0], 4) && is_number(date[1], 2) && is_number(date[2], 2))
    else {
        return Ok(None);
    };
    let date = date.join("/");
    match NaiveDate::parse_from_str(&date, "%Y/%m/%d") {
        Ok(day) => Ok(Some(day)),
        Err(_) => bail!("`path` holds {date}, which is no date"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        format!("{:#}", Document::parse(text).unwrap_err())
    }

    #[test]
    fn everything_is_read() {
        let text = "+++\npath = \"2023/08/03/oven\"\ntitle = \"Oven\"\nauthors = [\"Ada\", \"Bo\"]\n\
                    description = \"Hot.\"\naliases = [\"2023/08/03/oven.html\", \"releases/1.0\"]\n\n\
                    [taxonomies]\ntags = [\"fire\", \" old  bricks \", \"\"]\n\n\
                    [extra]\nteam = \"The masons\"\n+++\n\nFirst.\n\n+++\n\nSecond.\n";
        let document = Document::parse(text).unwrap();
        assert_eq!(
            document,
            Document {
                title: "Oven".into(),
                authors: vec!["Ada".into(), "Bo".into()],
                description: "Hot.".into(),
                posted_on: NaiveDate::from_ymd_opt(2023, 8, 3),
                aliases: vec!["2023/08/03/oven.html".into(), "releases/1.0".into()],
                category: Some("The masons".into()),
                tags: vec!["fire".into(), "old bricks".into()],
                content: "First.\n\n+++\n\nSecond.".into(),
            }
        );
    }

    #[test]
    fn only_the_title_is_needed() {
        let document = Document::parse("+++\ntitle = \"面包 🍞\"\n+++").unwrap();
        assert_eq!(document.title, "面包 🍞");
        assert_eq!((document.posted_on, document.content.as_str()), (None, ""));
        assert!(document.category.is_none() && document.tags.is_empty());
        assert!(
            document.authors.is_empty() && document.aliases.is_empty() && document.description.is_empty()
        );
    }

    #[test]
    fn a_category_goes_before_a_team() {
        let text = "+++\ntitle = \"A\"\n[taxonomies]\ncategories = [\"How-to\"]\n[extra]\nteam = \"x\"\n+++";
        assert_eq!(Document::parse(text).unwrap().category.as_deref(), Some("How-to"));
        assert_eq!(
            error("+++\ntitle = \"A\"\n[taxonomies]\ncategories = [\"a\", \"b\"]\n+++"),
            "`categories` has 2, and a post has one: keep the first"
        );
    }

    #[test]
    fn other_editors_line_endings_are_read() {
        let document = Document::parse("\u{feff}+++\r\ntitle = \"A\"\r\n+++\r\nText\r\n").unwrap();
        assert_eq!((document.title.as_str(), document.content.as_str()), ("A", "Text"));
    }

    #[test]
    fn errors_are_one_line_that_says_where() {
        assert_eq!(error(""), "there is no front matter: the first line is not `+++`");
        assert_eq!(error("# Title\n"), "there is no front matter: the first line is not `+++`");
        assert_eq!(
            error("+++\ntitle = \"A\"\n"),
            "the front matter has no end: a second line `+++` is missing"
        );
        assert_eq!(error("+++\n+++\n"), "the front matter: missing field `title`");
        assert_eq!(error("+++\ntitle = \" \"\n+++\n"), "the front matter has an empty `title`");
        assert!(error("+++\ntitle = \"A\"\nauthors = \"Ada\"\n+++\n").starts_with("line 3: invalid type"));
        assert!(error("+++\ntitle = \"A\"\ntitle = \"B\"\n+++\n").starts_with("line 3: duplicate key"));
        assert!(error("+++\ntitle = \"A\" B\n+++\n").starts_with("line 2: unexpected key"));
        assert_eq!(error("+++\ntitle = \"A\npath = \"x\"\n+++\n").lines().count(), 1);
    }

    #[test]
    fn dates_are_found_in_paths() {
        let day = NaiveDate::from_ymd_opt(2024, 2, 29);
        assert_eq!(date_in("2024/02/29/leap").unwrap(), day);
        assert_eq!(date_in("/2024/02/29").unwrap(), day);
        assert_eq!(date_in("inside-rust/2024/02/29/leap").unwrap(), day);
        for undated in ["", "about", "2024/2/9/slug", "12024/02/29", "٢٠٢٤/٠٢/٢٩/x"] {
            assert_eq!(date_in(undated).unwrap(), None, "{undated}");
        }
        let wrong = date_in("2023/02/29/slug").unwrap_err();
        assert_eq!(wrong.to_string(), "`path` holds 2023/02/29, which is no date");
    }
}
