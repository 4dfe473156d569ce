///The columns of [`Post`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code, missing_docs)]
pub struct PostColumns<
    R = Post,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    pub id: ::model_runtime::Column<R, P::Of<i64>>,
    pub title: ::model_runtime::Column<R, P::Of<String>>,
    pub removed_at: ::model_runtime::Column<R, Option<DateTime<Utc>>>,
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
            removed_at: C::new(&columns[2], path),
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
    title: ::core::option::Option<String>,
    removed_at: ::core::option::Option<Option<DateTime<Utc>>>,
}
impl PostDraft {
    fn build(self) -> Post {
        Post {
            id: 0,
            title: ::model_runtime::__private::given(self.title),
            removed_at: self.removed_at.flatten(),
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
                title: a(),
                removed_at: a(),
            },
            state: ::core::marker::PhantomData,
        }
    }
}
#[allow(dead_code)]
impl<S0> PostBuilder<S0> {
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
    ///When the row was deleted.
    pub fn removed_at(
        mut self,
        value: impl ::core::convert::Into<Option<DateTime<Utc>>>,
    ) -> Self {
        self.draft.removed_at.replace(value.into());
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
    type Id = i64;
    type Columns = PostColumns;
    type ColumnsOf<R, P: ::model_runtime::Presence> = PostColumns<R, P>;
    type Presence = ::model_runtime::Maybe;
    const TABLE: &'static ::model_runtime::TableDef = {
        use ::model_runtime::IndexDef as __I;
        use ::model_runtime::{FieldType as __F, Role as __R};
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            columns: &[
                (<i64 as __F>::COLUMN.named("id").role(__R::Key)).checked(),
                (<String as __F>::COLUMN.named("title")).checked(),
                (<Option<DateTime<Utc>> as __F>::COLUMN
                    .named("removed_at")
                    .role(__R::Managed)
                    .doc("When the row was deleted."))
                    .checked(),
            ],
            indexes: &[
                __I::new("posts_removed_at_2bff_idx", &["\"removed_at\""])
                    .filtered("\"removed_at\" IS NOT NULL"),
            ],
            scopes: &[
                ::model_runtime::ScopeDef {
                    capability: "soft_delete",
                    column: "removed_at",
                    test: "IS NULL",
                },
            ],
            delete: ::model_runtime::Delete::Mark {
                time: "removed_at",
                with: ::core::option::Option::None,
            },
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
        insert: "INSERT INTO \"posts\" (\"title\", \"removed_at\") VALUES ($1, $2)",
        update: "UPDATE \"posts\" SET \"title\" = $2 WHERE \"id\" = $1 AND (\"title\" IS DISTINCT FROM $2)",
        remove: "DELETE FROM \"posts\" WHERE \"id\" = $1",
        delete: ::core::option::Option::Some(
            ::model_runtime::ChangeSql::new(
                "delete",
                "UPDATE \"posts\" SET \"removed_at\" = $2 WHERE \"id\" = $1 AND \"removed_at\" IS NULL",
                true,
                &[("removed_at", ::model_runtime::SetTo::Time)],
                "\"removed_at\" IS NULL",
            ),
        ),
        ..::model_runtime::Statements::reading(
            "SELECT t.\"id\", t.\"title\", t.\"removed_at\" FROM \"posts\" AS t WHERE \"id\" = $1 AND \"removed_at\" IS NULL",
            58,
            74,
        )
    };
    fn id(&self) -> i64 {
        self.id
    }
    fn set_id(&mut self, id: i64) {
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
            2 => __F::to_value(&self.removed_at),
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
            removed_at: __F::read_from::<B>(row, at + 2, &columns[2])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        __F::normalise(&mut self.id, &columns[0]);
        __F::normalise(&mut self.title, &columns[1]);
        __F::normalise(&mut self.removed_at, &columns[2]);
    }
    fn mark_deleted(&mut self, time: ::model_runtime::__private::Time) {
        self.removed_at = ::core::option::Option::Some(time);
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
impl ::model_runtime::soft_delete::SoftDelete for Post {
    const DELETED_AT: &'static ::model_runtime::ColumnDef = &<Post as ::model_runtime::Model>::TABLE
        .columns[2];
    const RESTORE: ::model_runtime::ChangeSql = ::model_runtime::ChangeSql::new(
        "restore",
        "UPDATE \"posts\" SET \"removed_at\" = NULL WHERE \"id\" = $1 AND \"removed_at\" IS NOT NULL",
        false,
        &[("removed_at", ::model_runtime::SetTo::Null)],
        "\"removed_at\" IS NOT NULL",
    );
    fn deleted_at(&self) -> ::core::option::Option<::model_runtime::__private::Time> {
        self.removed_at
    }
    fn set_deleted_at(
        &mut self,
        time: ::core::option::Option<::model_runtime::__private::Time>,
    ) {
        self.removed_at = time;
    }
}
