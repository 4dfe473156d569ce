/// A note that keeps the last 100 changes.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "notes", unchecked)]
#[track_changes(keep = 100)]
pub struct Note {
    pub id: Uuid,
    pub text: String,
    #[track(skip)]
    pub scratch: String,
    pub change_log: ChangeLog,
}
