///The columns of [`Post`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code, missing_docs)]
pub struct PostColumns<
    R = Post,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    pub id: ::model_runtime::Column<R, P::Of<Uuid>>,
    pub title: ::model_runtime::Column<R, P::Of<String>>,
    pub created_at: ::model_runtime::Column<R, P::Of<DateTime<Utc>>>,
    pub updated_at: ::model_runtime::Column<R, P::Of<DateTime<Utc>>>,
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
            title: C::new(&columns[1], path),
            created_at: C::new(&columns[2], path),
            updated_at: C::new(&columns[3], path),
            __path: path,
        }
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
    pub struct title;
}
#[doc(hidden)]
pub struct PostDraft {
    id: ::core::option::Option<Uuid>,
    title: ::core::option::Option<String>,
    created_at: ::core::option::Option<DateTime<Utc>>,
    updated_at: ::core::option::Option<DateTime<Utc>>,
}
impl PostDraft {
    fn build(self) -> Post {
        Post {
            id: self.id.unwrap_or_else(|| ::model_runtime::__private::Uuid::now_v7()),
            title: ::model_runtime::__private::given(self.title),
            created_at: self.created_at.unwrap_or_else(|| ::model_runtime::clock::UNSET),
            updated_at: self.updated_at.unwrap_or_else(|| ::model_runtime::clock::UNSET),
        }
    }
}
///Builds a [`Post`]. A required field that is not set is a compile error.
#[must_use = "a builder does nothing until `create` or `build`"]
#[allow(dead_code)]
pub struct PostBuilder<S0 = ::model_runtime::__private::Unset<__post_fields::title>> {
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
                title: a(),
                created_at: a(),
                updated_at: a(),
            },
            state: ::core::marker::PhantomData,
        }
    }
}
#[allow(dead_code)]
impl<S0> PostBuilder<S0> {
    ///Sets `id`.
    pub fn id(mut self, value: impl ::core::convert::Into<Uuid>) -> Self {
        self.draft.id.replace(value.into());
        self
    }
    ///Sets `title`.
    pub fn title(
        mut self,
        value: impl ::core::convert::Into<String>,
    ) -> PostBuilder<::model_runtime::__private::Set> {
        self.draft.title.replace(value.into());
        PostBuilder {
            draft: self.draft,
            state: ::core::marker::PhantomData,
        }
    }
    ///When the row was made.
    pub fn created_at(
        mut self,
        value: impl ::core::convert::Into<DateTime<Utc>>,
    ) -> Self {
        self.draft.created_at.replace(value.into());
        self
    }
    ///When the row was last written.
    pub fn updated_at(
        mut self,
        value: impl ::core::convert::Into<DateTime<Utc>>,
    ) -> Self {
        self.draft.updated_at.replace(value.into());
        self
    }
    /// The row, not yet in the database.
    pub fn build(self) -> Post
    where
        S0: ::model_runtime::__private::Given<__post_fields::title>,
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
        S0: ::model_runtime::__private::Given<__post_fields::title>,
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
                (<Uuid as __F>::COLUMN.named("id").role(__R::Key)).checked(),
                (<String as __F>::COLUMN.named("title")).checked(),
                (<DateTime<Utc> as __F>::COLUMN
                    .named("created_at")
                    .role(__R::Managed)
                    .doc("When the row was made."))
                    .checked(),
                (<DateTime<Utc> as __F>::COLUMN
                    .named("updated_at")
                    .role(__R::Touched)
                    .doc("When the row was last written."))
                    .checked(),
            ],
            indexes: &[
                __I::new(
                    "posts_created_at_desc_id_desc_idx",
                    &["\"created_at\" DESC", "\"id\" DESC"],
                ),
                __I::new("posts_updated_at_desc_idx", &["\"updated_at\" DESC"]),
            ],
            order: &[
                ::model_runtime::OrderDef {
                    column: "created_at",
                    descending: true,
                },
            ],
            ..::model_runtime::TableDef::new(
                "posts",
                ::core::concat!(::core::env!("CARGO_PKG_NAME"), ".", "post"),
                "Post",
            )
        };
        &TABLE
    };
    const COLUMNS: PostColumns = PostColumns::__at(::model_runtime::Path::ROOT);
    const STATEMENTS: &'static ::model_runtime::Statements = &::model_runtime::Statements {
        insert: "INSERT INTO \"posts\" (\"id\", \"title\", \"created_at\", \"updated_at\") VALUES ($1, $2, $3, $4)",
        update: "UPDATE \"posts\" SET \"title\" = $2, \"updated_at\" = $3 WHERE \"id\" = $1 AND (\"title\" IS DISTINCT FROM $2)",
        remove: "DELETE FROM \"posts\" WHERE \"id\" = $1",
        ..::model_runtime::Statements::reading(
            "SELECT t.\"id\", t.\"title\", t.\"created_at\", t.\"updated_at\" FROM \"posts\" AS t WHERE \"id\" = $1",
            74,
            90,
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
            1 => __F::to_value(&self.title),
            2 => __F::to_value(&self.created_at),
            3 => __F::to_value(&self.updated_at),
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
            title: __F::read_from::<B>(row, at + 1, &columns[1])?,
            created_at: __F::read_from::<B>(row, at + 2, &columns[2])?,
            updated_at: __F::read_from::<B>(row, at + 3, &columns[3])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        __F::normalise(&mut self.id, &columns[0]);
        __F::normalise(&mut self.title, &columns[1]);
        __F::normalise(&mut self.created_at, &columns[2]);
        __F::normalise(&mut self.updated_at, &columns[3]);
    }
    fn prepare(
        &mut self,
        write: &mut ::model_runtime::Write,
    ) -> ::model_runtime::Result<()> {
        if let ::model_runtime::WriteEvent::Insert = write.event {
            if self.created_at == ::model_runtime::clock::UNSET {
                self.created_at = write.time;
            }
            self.updated_at = write.time;
        }
        ::core::result::Result::Ok(())
    }
    fn touch(&mut self, time: ::model_runtime::__private::Time) {
        self.updated_at = time;
    }
}
impl ::model_runtime::Writable for Post {
    fn of_fields(fields: &mut ::model_runtime::Fields) -> ::core::option::Option<Self> {
        use ::model_runtime::FieldType as __F;
        let mut row = Self::builder().draft;
        fields.make(&["title"], &mut [__F::draft(&mut row.title)]).then(|| row.build())
    }
    fn set_fields(&mut self, fields: &mut ::model_runtime::Fields) {
        use ::model_runtime::FieldType as __F;
        fields.assign(&mut [__F::assign(&mut self.title)])
    }
}
impl ::model_runtime::Hooks for Post {}
impl ::model_runtime::timestamps::Timestamps for Post {
    const CREATED_AT: &'static ::model_runtime::ColumnDef = &<Post as ::model_runtime::Model>::TABLE
        .columns[2];
    const UPDATED_AT: &'static ::model_runtime::ColumnDef = &<Post as ::model_runtime::Model>::TABLE
        .columns[3];
}
