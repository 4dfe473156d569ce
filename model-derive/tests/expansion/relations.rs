/// A post, with ways to other rows.
#[derive(Debug, Model)]
#[model(table = "posts", app = "blog", unchecked)]
#[many_to_many(Tag, through = PostTag)]
#[many_to_many(User, through = Reading, name = readers, by = (post_id, reader_id))]
pub struct Post {
    /// The key.
    pub id: Uuid,
    /// Who wrote it.
    #[belongs_to(User, on_delete = protect, related_name = posts)]
    pub author_id: Uuid,
    /// Who edited it, if anybody.
    #[belongs_to(User, on_delete = set_null, related_name = edited)]
    pub editor_id: Option<Uuid>,
}
