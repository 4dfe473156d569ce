///The columns of [`Post`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code, missing_docs)]
pub struct PostColumns<
    R = Post,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    pub id: ::model_runtime::Column<R, P::Of<Uuid>>,
    pub author_id: ::model_runtime::Column<R, P::Of<Uuid>>,
    pub editor_id: ::model_runtime::Column<R, Option<Uuid>>,
    __path: ::model_runtime::Path,
}
impl<R, P: ::model_runtime::Presence> ::core::marker::Copy for PostColumns<R, P> {}
impl<R, P: ::model_runtime::Presence> ::core::clone::Clone for PostColumns<R, P> {
    fn clone(&self) -> Self {
        *self
    }
}
#[allow(dead_code)]
impl<R, P: ::model_runtime::Presence> PostColumns<R, P> {
    const fn __at(path: ::model_runtime::Path) -> Self {
        use ::model_runtime::Column as C;
        let columns = <Post as ::model_runtime::Model>::TABLE.columns;
        Self {
            id: C::new(&columns[0], path),
            author_id: C::new(&columns[1], path),
            editor_id: C::new(&columns[2], path),
            __path: path,
        }
    }
    ///The columns of the row that `author_id` refers to.
    pub fn author(
        self,
    ) -> <User as ::model_runtime::Model>::ColumnsOf<
        R,
        <P as ::model_runtime::Presence>::And<<User as ::model_runtime::Model>::Presence>,
    > {
        <User as ::model_runtime::Model>::columns_at(
            self.__path.to(&<Post as ::model_runtime::Model>::TABLE.columns[1usize]),
        )
    }
    ///The columns of the row that `editor_id` refers to.
    pub fn editor(
        self,
    ) -> <User as ::model_runtime::Model>::ColumnsOf<R, ::model_runtime::Maybe> {
        <User as ::model_runtime::Model>::columns_at(
            self.__path.to(&<Post as ::model_runtime::Model>::TABLE.columns[2usize]),
        )
    }
}
impl<R: 'static, P: ::model_runtime::Presence> ::model_runtime::Related<R>
for PostColumns<R, P>
where
    P::Of<Post>: ::core::marker::Send,
{
    type Out = P::Of<Post>;
    fn paths(&self) -> ::std::vec::Vec<::model_runtime::Path> {
        ::core::convert::Into::into([self.__path])
    }
    fn width(&self) -> usize {
        <Post as ::model_runtime::Model>::TABLE.columns.len()
    }
    fn read<B: ::model_runtime::Backend>(
        &self,
        row: &B::Row,
        at: usize,
    ) -> ::model_runtime::__private::sqlx::Result<P::Of<Post>> {
        ::model_runtime::read_related::<B, Post, P>(self.__path, row, at)
    }
}
#[doc(hidden)]
#[allow(missing_debug_implementations, missing_docs, non_camel_case_types)]
pub mod __post_fields {
    pub struct author_id;
}
#[doc(hidden)]
pub struct PostDraft {
    id: ::core::option::Option<Uuid>,
    author_id: ::core::option::Option<Uuid>,
    editor_id: ::core::option::Option<Option<Uuid>>,
}
impl PostDraft {
    fn build(self) -> Post {
        Post {
            id: self.id.unwrap_or_else(|| ::model_runtime::__private::Uuid::now_v7()),
            author_id: ::model_runtime::__private::given(self.author_id),
            editor_id: self.editor_id.flatten(),
        }
    }
}
///Builds a [`Post`]. A required field that is not set is a compile error.
#[must_use = "a builder does nothing until `create` or `build`"]
#[allow(dead_code)]
pub struct PostBuilder<
    S0 = ::model_runtime::__private::Unset<__post_fields::author_id>,
> {
    draft: PostDraft,
    state: ::core::marker::PhantomData<fn() -> (S0,)>,
}
impl Post {
    ///Starts a new [`Post`].
    pub fn builder() -> PostBuilder {
        use ::model_runtime::__private::absent as a;
        PostBuilder {
            draft: PostDraft {
                id: a(),
                author_id: a(),
                editor_id: a(),
            },
            state: ::core::marker::PhantomData,
        }
    }
}
#[allow(dead_code)]
impl<S0> PostBuilder<S0> {
    ///The key.
    pub fn id(mut self, value: impl ::core::convert::Into<Uuid>) -> Self {
        self.draft.id.replace(value.into());
        self
    }
    ///Who wrote it.
    pub fn author_id(
        mut self,
        value: impl ::core::convert::Into<Uuid>,
    ) -> PostBuilder<::model_runtime::__private::Set> {
        self.draft.author_id.replace(value.into());
        PostBuilder {
            draft: self.draft,
            state: ::core::marker::PhantomData,
        }
    }
    ///Who edited it, if anybody.
    pub fn editor_id(mut self, value: impl ::core::convert::Into<Option<Uuid>>) -> Self {
        self.draft.editor_id.replace(value.into());
        self
    }
    /// The row, not yet in the database.
    pub fn build(self) -> Post
    where
        S0: ::model_runtime::__private::Given<__post_fields::author_id>,
    {
        self.draft.build()
    }
    /// Inserts the row and returns it.
    ///
    /// # Errors
    /// As `insert`.
    pub fn create<'c, D>(
        self,
        db: D,
    ) -> ::model_runtime::__private::BoxFuture<'c, ::model_runtime::Result<Post>>
    where
        S0: ::model_runtime::__private::Given<__post_fields::author_id>,
        D: ::model_runtime::Db<'c, ::model_runtime::Create<Post>, Out = Post> + 'c,
    {
        ::std::boxed::Box::pin(
            ::model_runtime::Db::run(db, ::model_runtime::Create::new(self.build())),
        )
    }
}
impl ::model_runtime::Model for Post {
    type Id = Uuid;
    type Columns = PostColumns;
    type ColumnsOf<R, P: ::model_runtime::Presence> = PostColumns<R, P>;
    type Presence = ::model_runtime::Always;
    const TABLE: &'static ::model_runtime::TableDef = {
        use ::model_runtime::IndexDef as __I;
        use ::model_runtime::{FieldType as __F, Role as __R};
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            columns: &[
                (<Uuid as __F>::COLUMN.named("id").role(__R::Key).doc("The key."))
                    .checked(),
                (<Uuid as __F>::COLUMN
                    .named("author_id")
                    .references(
                        <User as ::model_runtime::Model>::table,
                        ::model_runtime::OnDelete::Protect,
                    )
                    .doc("Who wrote it."))
                    .checked(),
                (<Option<Uuid> as __F>::COLUMN
                    .named("editor_id")
                    .references(
                        <User as ::model_runtime::Model>::table,
                        ::model_runtime::OnDelete::SetNull,
                    )
                    .doc("Who edited it, if anybody."))
                    .checked(),
            ],
            doc: "A post, with ways to other rows.",
            indexes: &[
                __I::new("posts_author_id_idx", &["\"author_id\""]),
                __I::new("posts_editor_id_idx", &["\"editor_id\""]),
            ],
            ..::model_runtime::TableDef::new("posts", "blog.post", "Post")
        };
        &TABLE
    };
    const COLUMNS: PostColumns = PostColumns::__at(::model_runtime::Path::ROOT);
    const STATEMENTS: &'static ::model_runtime::Statements = &::model_runtime::Statements {
        insert: "INSERT INTO \"posts\" (\"id\", \"author_id\", \"editor_id\") VALUES ($1, $2, $3)",
        update: "UPDATE \"posts\" SET \"author_id\" = $2, \"editor_id\" = $3 WHERE \"id\" = $1 AND (\"author_id\" IS DISTINCT FROM $2 OR \"editor_id\" IS DISTINCT FROM $3)",
        remove: "DELETE FROM \"posts\" WHERE \"id\" = $1",
        ..::model_runtime::Statements::reading(
            "SELECT t.\"id\", t.\"author_id\", t.\"editor_id\" FROM \"posts\" AS t WHERE \"id\" = $1",
            61,
            77,
        )
    };
    fn id(&self) -> Uuid {
        self.id
    }
    fn set_id(&mut self, id: Uuid) {
        self.id = id;
    }
    fn repr(&self) -> ::std::string::String {
        ::std::format!("Post {}", ::model_runtime::Model::id(self))
    }
    fn value(&self, column: usize) -> ::model_runtime::Value<'_> {
        use ::model_runtime::FieldType as __F;
        match column {
            0 => __F::to_value(&self.id),
            1 => __F::to_value(&self.author_id),
            2 => __F::to_value(&self.editor_id),
            _ => ::model_runtime::__private::no_column(),
        }
    }
    fn columns_at<R, P: ::model_runtime::Presence>(
        path: ::model_runtime::Path,
    ) -> PostColumns<R, P> {
        PostColumns::__at(path)
    }
    fn read<B: ::model_runtime::Backend>(
        row: &B::Row,
        at: usize,
    ) -> ::model_runtime::__private::sqlx::Result<Self> {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        ::core::result::Result::Ok(Self {
            id: __F::read_from::<B>(row, at + 0, &columns[0])?,
            author_id: __F::read_from::<B>(row, at + 1, &columns[1])?,
            editor_id: __F::read_from::<B>(row, at + 2, &columns[2])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        __F::normalise(&mut self.id, &columns[0]);
        __F::normalise(&mut self.author_id, &columns[1]);
        __F::normalise(&mut self.editor_id, &columns[2]);
    }
}
impl ::model_runtime::Writable for Post {
    fn of_fields(fields: &mut ::model_runtime::Fields) -> ::core::option::Option<Self> {
        use ::model_runtime::FieldType as __F;
        let mut row = Self::builder().draft;
        fields
            .make(
                &["author_id"],
                &mut [__F::draft(&mut row.author_id), __F::draft(&mut row.editor_id)],
            )
            .then(|| row.build())
    }
    fn set_fields(&mut self, fields: &mut ::model_runtime::Fields) {
        use ::model_runtime::FieldType as __F;
        fields
            .assign(
                &mut [__F::assign(&mut self.author_id), __F::assign(&mut self.editor_id)],
            )
    }
}
impl ::model_runtime::Hooks for Post {}
const _: () = {
    let _: fn(Uuid) -> <User as ::model_runtime::Model>::Id = |key| key;
    let _: fn(Uuid) -> <User as ::model_runtime::Model>::Id = |key| key;
};
#[allow(dead_code)]
impl Post {
    ///How rows are linked to tags.
    pub const TAGS: ::model_runtime::Through<Post, PostTag, Tag> = ::model_runtime::Through::new(
        <PostTag as ::model_runtime::Model>::COLUMNS.post_id,
        <PostTag as ::model_runtime::Model>::COLUMNS.tag_id,
        |from, to| <PostTag>::builder().post_id(from).tag_id(to).build(),
    );
    ///The tags that this row is linked to.
    pub fn tags(&self) -> ::model_runtime::ManyToMany<PostTag, Tag> {
        Self::TAGS.of(self)
    }
}
#[allow(dead_code)]
impl Post {
    ///How rows are linked to readers.
    pub const READERS: ::model_runtime::Through<Post, Reading, User> = ::model_runtime::Through::new(
        <Reading as ::model_runtime::Model>::COLUMNS.post_id,
        <Reading as ::model_runtime::Model>::COLUMNS.reader_id,
        |from, to| <Reading>::builder().post_id(from).reader_id(to).build(),
    );
    ///The readers that this row is linked to.
    pub fn readers(&self) -> ::model_runtime::ManyToMany<Reading, User> {
        Self::READERS.of(self)
    }
}
///From a `User` to its posts.
pub trait UserPosts {
    ///The rows of `Post` whose `author_id` is this one.
    fn posts(&self) -> ::model_runtime::QuerySet<Post>;
}
impl UserPosts for User {
    fn posts(&self) -> ::model_runtime::QuerySet<Post> {
        let id = <User as ::model_runtime::Model>::id(self);
        <Post as ::model_runtime::Model>::objects().filter(|row| row.author_id.eq(id))
    }
}
///From a `User` to its edited.
pub trait UserEdited {
    ///The rows of `Post` whose `editor_id` is this one.
    fn edited(&self) -> ::model_runtime::QuerySet<Post>;
}
impl UserEdited for User {
    fn edited(&self) -> ::model_runtime::QuerySet<Post> {
        let id = <User as ::model_runtime::Model>::id(self);
        <Post as ::model_runtime::Model>::objects().filter(|row| row.editor_id.eq(id))
    }
}
::model_runtime::__private::inventory::submit! {
    ::model_runtime::__private::Referring(< Post as ::model_runtime::Model > ::table)
}
