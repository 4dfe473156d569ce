//! What people type into a search box: words that must all be there, `"phrases"`, `-exclusions`, and alternatives with
//! `or` between them. Any text is such a search; nothing in it is an operator of a database.

/// How much of a text is looked at, in characters. Databases limit how large a search may be.
const LONGEST: usize = 1000;

/// Terms that all must be there, and terms that must not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Alternative {
    wanted: Vec<String>,
    unwanted: Vec<String>,
}

impl Alternative {
    fn is_empty(&self) -> bool {
        self.wanted.is_empty() && self.unwanted.is_empty()
    }
}

/// The alternatives of a search; none where it has no word.
pub(super) fn parse(text: &str) -> Vec<Alternative> {
    let text: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut alternatives = vec![Alternative::default()];
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        // More than one dash is none: `--release` is a word.
        let unwanted = rest.starts_with('-') && !rest.starts_with("--");
        let term = if unwanted { &rest[1..] } else { rest };
        let (term, behind, quoted) = match term.strip_prefix('"') {
            Some(phrase) => {
                let (phrase, behind) = phrase.split_once('"').unwrap_or((phrase, ""));
                (phrase, behind, true)
            }
            None => {
                let end = term.find(|c: char| c == '"' || c.is_whitespace()).unwrap_or(term.len());
                (&term[..end], &term[end..], false)
            }
        };
        rest = behind.trim_start();
        if !quoted && !unwanted && term.eq_ignore_ascii_case("or") {
            alternatives.push(Alternative::default());
        } else if let Some(last) = alternatives.last_mut().filter(|_| term.contains(char::is_alphanumeric)) {
            if unwanted { &mut last.unwanted } else { &mut last.wanted }.push(term.to_owned());
        }
    }
    alternatives.retain(|alternative| !alternative.is_empty());
    alternatives
}

/// The signs at which words end: in PostgreSQL they would make one word of a path, an address, or a version.
pub(super) fn signs() -> String {
    ('!'..='~').filter(char::is_ascii_punctuation).collect()
}

/// The search as PostgreSQL's `websearch_to_tsquery` takes it. Each term is in quotes, in which nothing has a meaning.
pub(super) fn websearch(alternatives: &[Alternative]) -> String {
    let quoted = |term: &String| format!("\"{}\"", term.replace(|c: char| c.is_ascii_punctuation(), " "));
    let all = |it: &Alternative| {
        let unwanted = it.unwanted.iter().map(|term| format!("-{}", quoted(term)));
        it.wanted.iter().map(quoted).chain(unwanted).collect::<Vec<_>>().join(" ")
    };
    alternatives.iter().map(all).collect::<Vec<_>>().join(" or ")
}

/// The search as FTS5 takes it, which has no condition that begins with `NOT`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fts5 {
    /// What finds rows.
    pub(super) found: Option<String>,
    /// Each of these finds all rows but its own.
    pub(super) left_out: Vec<String>,
}

/// The search as FTS5 takes it. Each term is a string, in which nothing has a meaning. With `english` its stop words do
/// not count, as on PostgreSQL.
pub(super) fn fts5(alternatives: &[Alternative], english: bool) -> Fts5 {
    let joined = |terms: &[String], operator: &str| {
        let terms = terms.iter().filter(|term| !(english && is_stop_word(term)));
        let terms: Vec<String> = terms.map(|term| format!("\"{term}\"")).collect();
        (!terms.is_empty()).then(|| format!("({})", terms.join(operator)))
    };
    let mut found = Vec::new();
    let mut left_out = Vec::new();
    for Alternative { wanted, unwanted } in alternatives {
        match (joined(wanted, " AND "), joined(unwanted, " OR ")) {
            (Some(wanted), Some(unwanted)) => found.push(format!("({wanted} NOT {unwanted})")),
            (Some(wanted), None) => found.push(wanted),
            (None, Some(unwanted)) => left_out.push(unwanted),
            (None, None) => {}
        }
    }
    Fts5 { found: (!found.is_empty()).then(|| found.join(" OR ")), left_out }
}

/// Whether a term has no word but those that PostgreSQL's `english` does not look at.
fn is_stop_word(term: &str) -> bool {
    let words = term.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).all(|word| STOP_WORDS.split_ascii_whitespace().any(|stop| stop == word))
}

/// PostgreSQL's `english.stop`.
const STOP_WORDS: &str = "i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she \
    her hers herself it its itself they them their theirs themselves what which who whom this that these those am is \
    are was were be been being have has had having do does did doing a an the and but if or because as until while of \
    at by for with about against between into through during before after above below to from up down in out on off \
    over under again further then once here there when where why how all any both each few more most other some such \
    no nor not only own same so than too very s t can will just don should now";

#[cfg(test)]
mod tests {
    use super::*;

    fn web(text: &str) -> String {
        websearch(&parse(text))
    }

    fn fts(text: &str) -> (Option<String>, Vec<String>) {
        let Fts5 { found, left_out } = fts5(&parse(text), true);
        (found, left_out)
    }

    #[test]
    fn terms_stand_in_quotes() {
        assert_eq!(web("rust async"), r#""rust" "async""#);
        assert_eq!(web(r#"a"b c"d -"e f" -g"#), r#""a" "b c" "d" -"e f" -"g""#);
        assert_eq!(web(r#""open end"#), r#""open end""#);
        assert_eq!(web("a OR b c or -d"), r#""a" or "b" "c" or -"d""#);
        assert_eq!(web("title:a* NEAR(b) \\'; & | !c"), r#""title a " "NEAR b " " c""#);
    }

    #[test]
    fn what_is_no_word_is_left_out() {
        for nothing in ["", " \t\n", "-", "--", "or OR", "\"", "\"\" -\"\"", "!!! & | ( )", "\0"] {
            assert_eq!(parse(nothing), [], "{nothing:?}");
        }
        assert_eq!(web("or a - b or"), r#""a" "b""#);
        assert_eq!(web("--release"), r#""  release""#);
        assert_eq!(web("a\0b"), r#""a" "b""#);
    }

    #[test]
    fn fts5_leaves_out_in_its_own_way() {
        assert_eq!(fts("a b"), (Some(r#"("b")"#.to_owned()), vec![]), "`a` is a stop word");
        assert_eq!(fts("x y -z"), (Some(r#"(("x" AND "y") NOT ("z"))"#.to_owned()), vec![]));
        assert_eq!(fts("x or -y -z"), (Some(r#"("x")"#.to_owned()), vec![r#"("y" OR "z")"#.to_owned()]));
        assert_eq!(fts("the -or"), (None, vec![]));
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(parse(&"x ".repeat(5000))[0].wanted.len(), 500);
    }
}
