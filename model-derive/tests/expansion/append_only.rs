/// What happened, newest first; never changed.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "events", order = "-id", append_only, companions = triggers, unchecked)]
pub struct Event {
    pub id: i64,
    pub name: String,
}
