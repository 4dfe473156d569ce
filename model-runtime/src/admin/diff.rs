//! What an entry changed, field by field, for people to read.

use std::time::{Duration, Instant};

use serde_json::Value;
use similar::{DiffTag, TextDiff};

use crate::capability::audit_log::Action;
use crate::record::{Changes, LoggedValue, MASK};

/// How long the differences of one page may take to find; then they are coarser.
const PATIENCE: Duration = Duration::from_millis(100);

/// How many characters of a text are shown at most.
const LENGTH: usize = 50_000;

/// How many characters of an equal part are shown beside a difference.
const AROUND: usize = 120;

/// From how many characters on a value is shown in a box of its own.
const LONG: usize = 400;

/// The fields of an entry.
#[derive(Debug)]
pub(super) struct ChangeTable {
    pub fields: Vec<FieldChange>,
    /// Whether there was something before: not where the row was new.
    pub has_old: bool,
    /// Whether there was something after: not where the row was removed.
    pub has_new: bool,
}

/// A field, before and after.
#[derive(Debug)]
pub(super) struct FieldChange {
    pub field: String,
    pub old: Shown,
    pub new: Shown,
}

/// A value as it is shown.
#[derive(Debug)]
pub(super) enum Shown {
    Null,
    Empty,
    Masked,
    Text { pieces: Vec<Piece>, is_long: bool },
}

/// A part of a text.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    Same(String),
    Removed(String),
    Added(String),
    /// So many characters are left out.
    Gap(usize),
}

/// Until when differences of a page that is begun now are looked for.
pub(super) fn deadline() -> Instant {
    Instant::now() + PATIENCE
}

impl ChangeTable {
    /// What an action changed. All entries of a page have one deadline.
    pub(super) fn new(action: Action, changes: &Changes, deadline: Instant) -> Self {
        let (has_old, has_new) = (action != Action::Create, action != Action::HardDelete);
        let fields = changes.iter().map(|(field, change)| {
            let (old, new) = shown(&change.old, &change.new, has_old && has_new, deadline);
            FieldChange { field: field.clone(), old, new }
        });
        Self { fields: fields.collect(), has_old, has_new }
    }
}

/// What a value shows of itself, before its text is cut.
enum Read {
    Shown(Shown),
    Text(String),
}

fn read(value: &LoggedValue) -> Read {
    // A number out of range and what is nested too deeply is shown as it is written.
    let Ok(read) = serde_json::from_str(value.as_json()) else {
        return Read::Text(value.as_json().to_owned());
    };
    match read {
        Value::Null => Read::Shown(Shown::Null),
        Value::String(text) if text.is_empty() => Read::Shown(Shown::Empty),
        Value::String(text) if text == MASK => Read::Shown(Shown::Masked),
        Value::String(text) => Read::Text(text),
        Value::Array(_) | Value::Object(_) => Read::Text(indented(value.as_json())),
        // Numbers keep all their digits.
        Value::Bool(_) | Value::Number(_) => Read::Text(value.as_json().to_owned()),
    }
}

fn shown(old: &LoggedValue, new: &LoggedValue, compared: bool, deadline: Instant) -> (Shown, Shown) {
    match (read(old), read(new)) {
        (Read::Text(old), Read::Text(new)) if compared => {
            let (old, new) = (cut(&old), cut(&new));
            let (old_pieces, new_pieces) = differences(old.0, new.0, deadline);
            (text(old_pieces, old.1), text(new_pieces, new.1))
        }
        (old, new) => (whole(old), whole(new)),
    }
}

fn whole(value: Read) -> Shown {
    match value {
        Read::Shown(shown) => shown,
        Read::Text(whole) => {
            let (start, left_out) = cut(&whole);
            text(vec![Piece::Same(start.to_owned())], left_out)
        }
    }
}

fn text(mut pieces: Vec<Piece>, left_out: usize) -> Shown {
    if left_out > 0 {
        pieces.push(Piece::Gap(left_out));
    }
    let length = |piece: &Piece| match piece {
        Piece::Same(text) | Piece::Removed(text) | Piece::Added(text) => text.chars().count(),
        Piece::Gap(_) => 0,
    };
    let is_long = pieces.iter().map(length).sum::<usize>() > LONG;
    Shown::Text { pieces, is_long }
}

/// The start of a text, and how many characters are left out.
fn cut(text: &str) -> (&str, usize) {
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => (&text[..end], text[end..].chars().count()),
        None => (text, 0),
    }
}

/// Below which part of the words two texts have in common they are shown as two, and not as one that was changed.
const ALIKE: f32 = 0.4;

/// Both texts in pieces: words that differ, and those around them.
fn differences(old: &str, new: &str, deadline: Instant) -> (Vec<Piece>, Vec<Piece>) {
    let diff = TextDiff::configure().deadline(deadline).diff_words(old, new);
    if diff.ratio() < ALIKE {
        return (vec![Piece::Removed(old.to_owned())], vec![Piece::Added(new.to_owned())]);
    }
    let old_words: Vec<&str> = diff.iter_old_slices().collect();
    let new_words: Vec<&str> = diff.iter_new_slices().collect();
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let last = diff.ops().len().saturating_sub(1);
    for (i, op) in diff.ops().iter().enumerate() {
        let (removed, added) = (old_words[op.old_range()].concat(), new_words[op.new_range()].concat());
        let is_between = i > 0 && i < last && removed.trim().is_empty();
        if op.tag() == DiffTag::Equal && !is_between {
            around(&removed, i == 0, i == last, &mut old);
            around(&added, i == 0, i == last, &mut new);
            continue;
        }
        // A space between words that differ is no word that stayed.
        match old.last_mut() {
            Some(Piece::Removed(before)) => before.push_str(&removed),
            _ if removed.is_empty() => {}
            _ => old.push(Piece::Removed(removed)),
        }
        match new.last_mut() {
            Some(Piece::Added(before)) => before.push_str(&added),
            _ if added.is_empty() => {}
            _ => new.push(Piece::Added(added)),
        }
    }
    (old, new)
}

/// An equal part: what stands beside the differences, and a gap for the rest.
fn around(text: &str, is_first: bool, is_last: bool, pieces: &mut Vec<Piece>) {
    let length = text.chars().count();
    let (head, tail) = (if is_first { 0 } else { AROUND }, if is_last { 0 } else { AROUND });
    if length <= head + tail + AROUND {
        pieces.push(Piece::Same(text.to_owned()));
        return;
    }
    let at = |n: usize| text.char_indices().nth(n).map_or(text.len(), |(at, _)| at);
    let (start, end) = (&text[..at(head)], &text[at(length - tail)..]);
    if !start.is_empty() {
        pieces.push(Piece::Same(start.to_owned()));
    }
    pieces.push(Piece::Gap(length - head - tail));
    if !end.is_empty() {
        pieces.push(Piece::Same(end.to_owned()));
    }
}

/// JSON on several lines, as far as it is shown. Its numbers keep all their digits, which they would not as floats.
fn indented(json: &str) -> String {
    let mut lines = String::with_capacity(json.len());
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let mut all = json.chars().peekable();
    let line = |lines: &mut String, depth: usize| {
        lines.push('\n');
        lines.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(c) = all.next() {
        // No character has more than four bytes.
        if lines.len() > 4 * LENGTH {
            lines.push(c);
            lines.extend(all);
            break;
        }
        if in_text {
            lines.push(c);
            in_text = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '"' => {
                in_text = true;
                lines.push(c);
            }
            '{' | '[' => {
                lines.push(c);
                while all.next_if(|c| c.is_whitespace()).is_some() {}
                match all.next_if(|next| matches!(next, '}' | ']')) {
                    Some(end) => lines.push(end),
                    None => {
                        depth += 1;
                        line(&mut lines, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut lines, depth);
                lines.push(c);
            }
            ',' => {
                lines.push(c);
                line(&mut lines, depth);
            }
            ':' => lines.push_str(": "),
            c if c.is_whitespace() => {}
            c => lines.push(c),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(old: &str, new: &str) -> (Vec<Piece>, Vec<Piece>) {
        differences(old, new, Instant::now() + Duration::from_secs(60))
    }

    #[test]
    fn words_that_differ_are_told_apart() {
        let same = |text: &str| Piece::Same(text.to_owned());
        let (old, new) = pieces("Why Tuesday", "Why Wednesday");
        assert_eq!(old, [same("Why "), Piece::Removed("Tuesday".into())]);
        assert_eq!(new, [same("Why "), Piece::Added("Wednesday".into())]);
        assert_eq!(pieces("a", "a"), (vec![same("a")], vec![same("a")]));
        let (old, new) = pieces(
            "Knead for ten minutes, then rest. It is bread.",
            "Fold it four times, then rest. It is bread.",
        );
        let rest = same(" then rest. It is bread.");
        assert_eq!(old, [Piece::Removed("Knead for ten minutes,".into()), rest]);
        assert_eq!(new[0], Piece::Added("Fold it four times,".into()));
        let (old, new) = pieces("one two three", "nothing of that");
        assert_eq!(old, [Piece::Removed("one two three".into())]);
        assert_eq!(new, [Piece::Added("nothing of that".into())]);
    }

    #[test]
    fn far_from_a_difference_there_is_a_gap() {
        let far = "ä ".repeat(500);
        let (old, _) = pieces(&format!("{far}x {far}"), &format!("{far}y {far}"));
        let [Piece::Gap(before), Piece::Same(near), Piece::Removed(x), Piece::Same(_), Piece::Gap(after)] =
            &old[..]
        else {
            panic!("{old:?}")
        };
        assert_eq!((*before, near.chars().count(), x.as_str()), (1000 - AROUND, AROUND, "x"));
        assert_eq!(*after, 1001 - AROUND);
    }

    #[test]
    fn json_is_indented_and_stays_exact() {
        let json = r#"{"a":[1.10,{}],"b":"{\"\\\": [","c": [ ]}"#;
        let wanted = "{\n  \"a\": [\n    1.10,\n    {}\n  ],\n  \"b\": \"{\\\"\\\\\\\": [\",\n  \"c\": []\n}";
        assert_eq!(indented(json), wanted);
    }

    #[test]
    fn new_and_removed_rows_have_one_side() {
        let changes: Changes = serde_json::from_str(
            r#"{"a": {"old": null, "new": "x"}, "b": {"old": null, "new": ""}, "c": {"old": null, "new": "***"}}"#,
        )
        .unwrap();
        let table = |action| ChangeTable::new(action, &changes, deadline());
        let sides = |action| (table(action).has_old, table(action).has_new);
        assert_eq!(sides(Action::Create), (false, true));
        assert_eq!(sides(Action::HardDelete), (true, false));
        assert_eq!(sides(Action::Update), (true, true), "from null");
        let table = table(Action::Create);
        assert!(matches!(table.fields[1].new, Shown::Empty));
        assert!(matches!(table.fields[2].new, Shown::Masked));
    }

    #[test]
    fn an_update_has_both_sides() {
        for change in [r#"{"old": null, "new": "x"}"#, r#"{"old": "x", "new": null}"#] {
            let changes: Changes = serde_json::from_str(&format!(r#"{{"a": {change}}}"#)).unwrap();
            let table = ChangeTable::new(Action::Update, &changes, deadline());
            assert_eq!((table.has_old, table.has_new), (true, true), "{change}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_shown_as_it_is() {
        let nested = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for json in ["1e999", nested.as_str()] {
            let changes: Changes =
                serde_json::from_str(&format!(r#"{{"a": {{"old": null, "new": {json}}}}}"#)).unwrap();
            let table = ChangeTable::new(Action::Update, &changes, deadline());
            let Shown::Text { pieces, .. } = &table.fields[0].new else { panic!("{:?}", table.fields[0]) };
            assert_eq!(pieces, &[Piece::Same(json.to_owned())]);
        }
    }

    #[test]
    fn what_is_not_shown_is_not_indented() {
        let json = format!("{}{}{}", "[".repeat(100), vec!["1"; 100_000].join(","), "]".repeat(100));
        assert!(indented(&json).len() < json.len() + 5 * LENGTH);
        assert!(indented(&json).chars().count() > LENGTH);
    }
}
