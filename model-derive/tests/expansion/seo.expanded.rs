///The columns of [`Post`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code, missing_docs)]
pub struct PostColumns<
    R = Post,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    pub id: ::model_runtime::Column<R, P::Of<Uuid>>,
    pub title: ::model_runtime::Column<R, P::Of<String>>,
    pub content: ::model_runtime::Column<R, P::Of<String>>,
    pub slug: ::model_runtime::Column<R, P::Of<String>>,
    pub seo_title: ::model_runtime::Column<R, P::Of<String>>,
    pub seo_description: ::model_runtime::Column<R, P::Of<String>>,
    pub seo_keywords: ::model_runtime::Column<R, P::Of<String>>,
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
            slug: C::new(&columns[3], path),
            seo_title: C::new(&columns[4], path),
            seo_description: C::new(&columns[5], path),
            seo_keywords: C::new(&columns[6], path),
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
    pub struct content;
}
#[doc(hidden)]
pub struct PostDraft {
    id: ::core::option::Option<Uuid>,
    title: ::core::option::Option<String>,
    content: ::core::option::Option<String>,
    slug: ::core::option::Option<String>,
    seo_title: ::core::option::Option<String>,
    seo_description: ::core::option::Option<String>,
    seo_keywords: ::core::option::Option<String>,
}
impl PostDraft {
    fn build(self) -> Post {
        Post {
            id: self.id.unwrap_or_else(|| ::model_runtime::__private::Uuid::now_v7()),
            title: ::model_runtime::__private::given(self.title),
            content: ::model_runtime::__private::given(self.content),
            slug: self.slug.unwrap_or_else(|| ::std::string::String::new()),
            seo_title: self.seo_title.unwrap_or_else(|| ::std::string::String::new()),
            seo_description: self
                .seo_description
                .unwrap_or_else(|| ::std::string::String::new()),
            seo_keywords: self
                .seo_keywords
                .unwrap_or_else(|| ::std::string::String::new()),
        }
    }
}
///Builds a [`Post`]. A required field that is not set is a compile error.
#[must_use = "a builder does nothing until `create` or `build`"]
#[allow(dead_code)]
pub struct PostBuilder<
    S0 = ::model_runtime::__private::Unset<__post_fields::title>,
    S1 = ::model_runtime::__private::Unset<__post_fields::content>,
> {
    draft: PostDraft,
    state: ::core::marker::PhantomData<fn() -> (S0, S1)>,
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
                slug: a(),
                seo_title: a(),
                seo_description: a(),
                seo_keywords: a(),
            },
            state: ::core::marker::PhantomData,
        }
    }
}
#[allow(dead_code)]
impl<S0, S1> PostBuilder<S0, S1> {
    ///Sets `id`.
    pub fn id(mut self, value: impl ::core::convert::Into<Uuid>) -> Self {
        self.draft.id.replace(value.into());
        self
    }
    ///Sets `title`.
    pub fn title(
        mut self,
        value: impl ::core::convert::Into<String>,
    ) -> PostBuilder<::model_runtime::__private::Set, S1> {
        self.draft.title.replace(value.into());
        PostBuilder {
            draft: self.draft,
            state: ::core::marker::PhantomData,
        }
    }
    ///Sets `content`.
    pub fn content(
        mut self,
        value: impl ::core::convert::Into<String>,
    ) -> PostBuilder<S0, ::model_runtime::__private::Set> {
        self.draft.content.replace(value.into());
        PostBuilder {
            draft: self.draft,
            state: ::core::marker::PhantomData,
        }
    }
    ///The row's name in URLs.
    pub fn slug(mut self, value: impl ::core::convert::Into<String>) -> Self {
        self.draft.slug.replace(value.into());
        self
    }
    ///The title that search engines show.
    pub fn seo_title(mut self, value: impl ::core::convert::Into<String>) -> Self {
        self.draft.seo_title.replace(value.into());
        self
    }
    ///The description that search engines show.
    pub fn seo_description(mut self, value: impl ::core::convert::Into<String>) -> Self {
        self.draft.seo_description.replace(value.into());
        self
    }
    ///Keywords for search engines, with commas between them.
    pub fn seo_keywords(mut self, value: impl ::core::convert::Into<String>) -> Self {
        self.draft.seo_keywords.replace(value.into());
        self
    }
    /// The row, not yet in the database.
    pub fn build(self) -> Post
    where
        S0: ::model_runtime::__private::Given<__post_fields::title>,
        S1: ::model_runtime::__private::Given<__post_fields::content>,
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
        S1: ::model_runtime::__private::Given<__post_fields::content>,
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
                (<String as __F>::COLUMN.named("content")).checked(),
                (<String as __F>::COLUMN
                    .named("slug")
                    .max_length(255)
                    .refuses(::model_runtime::seo::refuse_slug)
                    .doc("The row's name in URLs."))
                    .checked(),
                (<String as __F>::COLUMN
                    .named("seo_title")
                    .max_length(60)
                    .default("''")
                    .doc("The title that search engines show."))
                    .checked(),
                (<String as __F>::COLUMN
                    .named("seo_description")
                    .max_length(160)
                    .default("''")
                    .doc("The description that search engines show."))
                    .checked(),
                (<String as __F>::COLUMN
                    .named("seo_keywords")
                    .max_length(255)
                    .default("''")
                    .doc("Keywords for search engines, with commas between them."))
                    .checked(),
            ],
            indexes: &[__I::new("posts_slug_key", &["\"slug\""]).unique()],
            companions: &[
                |table, dialect| ::model_runtime::seo::schema(table, "slug", dialect),
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
        insert: "INSERT INTO \"posts\" (\"id\", \"title\", \"content\", \"slug\", \"seo_title\", \"seo_description\", \"seo_keywords\") VALUES ($1, $2, $3, $4, $5, $6, $7)",
        update: "UPDATE \"posts\" SET \"title\" = $2, \"content\" = $3, \"slug\" = $4, \"seo_title\" = $5, \"seo_description\" = $6, \"seo_keywords\" = $7 WHERE \"id\" = $1 AND (\"title\" IS DISTINCT FROM $2 OR \"content\" IS DISTINCT FROM $3 OR \"slug\" IS DISTINCT FROM $4 OR \"seo_title\" IS DISTINCT FROM $5 OR \"seo_description\" IS DISTINCT FROM $6 OR \"seo_keywords\" IS DISTINCT FROM $7)",
        remove: "DELETE FROM \"posts\" WHERE \"id\" = $1",
        generated: ::core::option::Option::Some(
            &::model_runtime::GeneratedDef {
                column: "slug",
                reserved: "posts_slug_history",
                on_conflict: " ON CONFLICT (\"slug\") DO NOTHING",
                insert: "INSERT INTO \"posts\" (\"id\", \"title\", \"content\", \"slug\", \"seo_title\", \"seo_description\", \"seo_keywords\") SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM \"posts_slug_history\" WHERE \"slug\" = CAST($4 AS VARCHAR)) ON CONFLICT (\"slug\") DO NOTHING",
            },
        ),
        ..::model_runtime::Statements::reading(
            "SELECT t.\"id\", t.\"title\", t.\"content\", t.\"slug\", t.\"seo_title\", t.\"seo_description\", t.\"seo_keywords\" FROM \"posts\" AS t WHERE \"id\" = $1",
            119,
            135,
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
            3 => __F::to_value(&self.slug),
            4 => __F::to_value(&self.seo_title),
            5 => __F::to_value(&self.seo_description),
            6 => __F::to_value(&self.seo_keywords),
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
            slug: __F::read_from::<B>(row, at + 3, &columns[3])?,
            seo_title: __F::read_from::<B>(row, at + 4, &columns[4])?,
            seo_description: __F::read_from::<B>(row, at + 5, &columns[5])?,
            seo_keywords: __F::read_from::<B>(row, at + 6, &columns[6])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        __F::normalise(&mut self.id, &columns[0]);
        __F::normalise(&mut self.title, &columns[1]);
        __F::normalise(&mut self.content, &columns[2]);
        __F::normalise(&mut self.slug, &columns[3]);
        __F::normalise(&mut self.seo_title, &columns[4]);
        __F::normalise(&mut self.seo_description, &columns[5]);
        __F::normalise(&mut self.seo_keywords, &columns[6]);
    }
    fn prepare(
        &mut self,
        write: &mut ::model_runtime::Write,
    ) -> ::model_runtime::Result<()> {
        ::model_runtime::seo::fill_slug(
            &mut self.slug,
            &self.title,
            <Self as ::model_runtime::Model>::TABLE,
            write,
        );
        ::model_runtime::seo::fill_text(
            &mut self.seo_title,
            &self.title,
            ::model_runtime::seo::TITLE_LENGTH,
        );
        ::model_runtime::seo::fill_text(
            &mut self.seo_description,
            &self.content,
            ::model_runtime::seo::DESCRIPTION_LENGTH,
        );
        ::core::result::Result::Ok(())
    }
    fn regenerate(&mut self, base: &str, attempt: u32) {
        self.slug = ::model_runtime::seo::vary_slug(base, attempt);
    }
}
impl ::model_runtime::Writable for Post {
    fn of_fields(fields: &mut ::model_runtime::Fields) -> ::core::option::Option<Self> {
        use ::model_runtime::FieldType as __F;
        let mut row = Self::builder().draft;
        fields
            .make(
                &["title", "content"],
                &mut [
                    __F::draft(&mut row.title),
                    __F::draft(&mut row.content),
                    __F::draft(&mut row.slug),
                    __F::draft(&mut row.seo_title),
                    __F::draft(&mut row.seo_description),
                    __F::draft(&mut row.seo_keywords),
                ],
            )
            .then(|| row.build())
    }
    fn set_fields(&mut self, fields: &mut ::model_runtime::Fields) {
        use ::model_runtime::FieldType as __F;
        fields
            .assign(
                &mut [
                    __F::assign(&mut self.title),
                    __F::assign(&mut self.content),
                    __F::assign(&mut self.slug),
                    __F::assign(&mut self.seo_title),
                    __F::assign(&mut self.seo_description),
                    __F::assign(&mut self.seo_keywords),
                ],
            )
    }
}
impl ::model_runtime::Hooks for Post {}
impl ::model_runtime::seo::Seo for Post {
    const SLUG: &'static ::model_runtime::ColumnDef = &<Post as ::model_runtime::Model>::TABLE
        .columns[3];
    fn slug(&self) -> &str {
        &self.slug
    }
}
