//! Models that refer to each other.

use model_runtime::TableDef;
use model_runtime::prelude::*;

/// Employs people.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "companies", app = "press", display = name, unchecked)]
pub struct Company {
    /// The name.
    #[column(unique)]
    pub name: String,
}

/// Writes stories; there surely is one where a story says so.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "people", app = "press", display = name, unchecked)]
pub struct Person {
    /// The name.
    pub name: String,
    /// Where they work, if anywhere.
    #[belongs_to(Company, on_delete = set_null)]
    pub company_id: Option<Uuid>,
}

/// A part of the paper, which can be closed.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "sections", app = "press", id = i64, display = name, unchecked)]
#[soft_delete]
pub struct Section {
    /// The name.
    pub name: String,
}

/// Refers to all of them.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "stories", app = "press", display = title, unchecked)]
#[timestamps]
#[soft_delete]
#[audited]
#[many_to_many(Topic, through = StoryTopic)]
#[many_to_many(Person, through = Reading, name = readers, by = (story_id, reader_id))]
pub struct Story {
    /// The headline.
    pub title: String,
    /// How long it is.
    #[column(default = 0)]
    pub words: i32,
    /// Always there.
    #[belongs_to(Person, on_delete = protect, related_name = stories)]
    pub author_id: Uuid,
    /// Perhaps there.
    #[belongs_to(Person, on_delete = set_null, related_name = edited)]
    pub editor_id: Option<Uuid>,
    /// There, unless it is closed.
    #[belongs_to(Section, on_delete = do_nothing)]
    pub section_id: i64,
}

/// What stories are about.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "topics", app = "press", id = i64, display = name, unchecked)]
#[soft_delete]
#[many_to_many(Story, through = StoryTopic)]
pub struct Topic {
    /// The name.
    pub name: String,
}

/// A story is about a topic. Audited, so that each link is on record.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "story_topics", app = "press", unchecked)]
#[audited]
#[unique(story_id, topic_id)]
pub struct StoryTopic {
    /// The story.
    #[belongs_to(Story, on_delete = cascade)]
    pub story_id: Uuid,
    /// The topic.
    #[belongs_to(Topic, on_delete = cascade)]
    pub topic_id: i64,
}

/// Somebody has read a story; it can be taken back and kept.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "readings", app = "press", id = i64, unchecked)]
#[soft_delete]
#[unique(story_id, reader_id)]
pub struct Reading {
    /// The story.
    #[belongs_to(Story, on_delete = cascade)]
    pub story_id: Uuid,
    /// Who.
    #[belongs_to(Person, on_delete = cascade)]
    pub reader_id: Uuid,
}

/// The tables.
pub fn tables() -> [&'static TableDef; 8] {
    [
        Company::table(),
        Person::table(),
        Section::table(),
        Story::table(),
        Topic::table(),
        StoryTopic::table(),
        Reading::table(),
        AuditLog::table(),
    ]
}
