///The columns of [`Post`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code, missing_docs)]
pub struct PostColumns<
    R = Post,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    pub id: ::model_runtime::Column<R, P::Of<Uuid>>,
    pub title: ::model_runtime::Column<R, P::Of<String>>,
    pub content: ::model_runtime::Column<R, Option<String>>,
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
            content: C::new(&columns[2], path),
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
    content: ::core::option::Option<Option<String>>,
}
impl PostDraft {
    fn build(self) -> Post {
        Post {
            id: self.id.unwrap_or_else(|| ::model_runtime::__private::Uuid::now_v7()),
            title: ::model_runtime::__private::given(self.title),
            content: self.content.flatten(),
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
                content: a(),
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
    ///Sets `content`.
    pub fn content(mut self, value: impl ::core::convert::Into<Option<String>>) -> Self {
        self.draft.content.replace(value.into());
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
        use ::model_runtime::{FieldType as __F, Role as __R};
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            columns: &[
                (<Uuid as __F>::COLUMN.named("id").role(__R::Key)).checked(),
                (<String as __F>::COLUMN.named("title")).checked(),
                (<Option<String> as __F>::COLUMN.named("body").field("content"))
                    .checked(),
            ],
            companions: &[
                |table, dialect| {
                    ::model_runtime::searchable::schema(
                        table,
                        <Post as ::model_runtime::searchable::Searchable>::SEARCH,
                        dialect,
                    )
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
        insert: "INSERT INTO \"posts\" (\"id\", \"title\", \"body\") VALUES ($1, $2, $3)",
        update: "UPDATE \"posts\" SET \"title\" = $2, \"body\" = $3 WHERE \"id\" = $1 AND (\"title\" IS DISTINCT FROM $2 OR \"body\" IS DISTINCT FROM $3)",
        remove: "DELETE FROM \"posts\" WHERE \"id\" = $1",
        ..::model_runtime::Statements::reading(
            "SELECT t.\"id\", t.\"title\", t.\"body\" FROM \"posts\" AS t WHERE \"id\" = $1",
            52,
            68,
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
            2 => __F::to_value(&self.content),
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
            content: __F::read_from::<B>(row, at + 2, &columns[2])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        __F::normalise(&mut self.id, &columns[0]);
        __F::normalise(&mut self.title, &columns[1]);
        __F::normalise(&mut self.content, &columns[2]);
    }
}
impl ::model_runtime::Writable for Post {
    fn of_fields(fields: &mut ::model_runtime::Fields) -> ::core::option::Option<Self> {
        use ::model_runtime::FieldType as __F;
        let mut row = Self::builder().draft;
        fields
            .make(
                &["title"],
                &mut [__F::draft(&mut row.title), __F::draft(&mut row.content)],
            )
            .then(|| row.build())
    }
    fn set_fields(&mut self, fields: &mut ::model_runtime::Fields) {
        use ::model_runtime::FieldType as __F;
        fields
            .assign(&mut [__F::assign(&mut self.title), __F::assign(&mut self.content)])
    }
}
impl ::model_runtime::Hooks for Post {}
impl ::model_runtime::searchable::Searchable for Post {
    const SEARCH: &'static ::model_runtime::searchable::SearchDef = &::model_runtime::searchable::SearchDef {
        language: "english",
        columns: &[
            ("title", ::model_runtime::searchable::Weight::A),
            ("body", ::model_runtime::searchable::Weight::B),
        ],
    };
}
