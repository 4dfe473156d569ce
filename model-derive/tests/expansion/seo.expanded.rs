///The columns of [`Post`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code)]
pub struct PostColumns<
    R = Post,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    ///The column `id`.
    pub id: ::model_runtime::Column<R, P::Of<Uuid>>,
    ///The column `title`.
    pub title: ::model_runtime::Column<R, P::Of<String>>,
    ///The column `content`.
    pub content: ::model_runtime::Column<R, P::Of<String>>,
    ///The column `slug`.
    pub slug: ::model_runtime::Column<R, P::Of<String>>,
    ///The column `seo_title`.
    pub seo_title: ::model_runtime::Column<R, P::Of<String>>,
    ///The column `seo_description`.
    pub seo_description: ::model_runtime::Column<R, P::Of<String>>,
    ///The column `seo_keywords`.
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
            id: C::new(&columns[0usize], path),
            title: C::new(&columns[1usize], path),
            content: C::new(&columns[2usize], path),
            slug: C::new(&columns[3usize], path),
            seo_title: C::new(&columns[4usize], path),
            seo_description: C::new(&columns[5usize], path),
            seo_keywords: C::new(&columns[6usize], path),
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
        ::std::vec![self.__path]
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
#[allow(non_camel_case_types)]
pub mod __post_fields {
    ///`title`.
    #[derive(::core::fmt::Debug)]
    pub struct title;
    ///`content`.
    #[derive(::core::fmt::Debug)]
    pub struct content;
}
#[doc(hidden)]
#[derive(::core::default::Default)]
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
        PostBuilder {
            draft: ::core::default::Default::default(),
            state: ::core::marker::PhantomData,
        }
    }
}
#[allow(dead_code, clippy::needless_update)]
impl<S0, S1> PostBuilder<S0, S1> {
    ///Sets `id`.
    pub fn id(mut self, value: impl ::core::convert::Into<Uuid>) -> Self {
        self.draft.id.replace(::core::convert::Into::into(value));
        self
    }
    ///Sets `title`.
    pub fn title(
        self,
        value: impl ::core::convert::Into<String>,
    ) -> PostBuilder<::model_runtime::__private::Set, S1> {
        PostBuilder {
            draft: PostDraft {
                title: ::core::option::Option::Some(::core::convert::Into::into(value)),
                ..self.draft
            },
            state: ::core::marker::PhantomData,
        }
    }
    ///Sets `content`.
    pub fn content(
        self,
        value: impl ::core::convert::Into<String>,
    ) -> PostBuilder<S0, ::model_runtime::__private::Set> {
        PostBuilder {
            draft: PostDraft {
                content: ::core::option::Option::Some(
                    ::core::convert::Into::into(value),
                ),
                ..self.draft
            },
            state: ::core::marker::PhantomData,
        }
    }
    ///The row's name in URLs.
    pub fn slug(mut self, value: impl ::core::convert::Into<String>) -> Self {
        self.draft.slug.replace(::core::convert::Into::into(value));
        self
    }
    ///The title that search engines show.
    pub fn seo_title(mut self, value: impl ::core::convert::Into<String>) -> Self {
        self.draft.seo_title.replace(::core::convert::Into::into(value));
        self
    }
    ///The description that search engines show.
    pub fn seo_description(mut self, value: impl ::core::convert::Into<String>) -> Self {
        self.draft.seo_description.replace(::core::convert::Into::into(value));
        self
    }
    ///Keywords for search engines, with commas between them.
    pub fn seo_keywords(mut self, value: impl ::core::convert::Into<String>) -> Self {
        self.draft.seo_keywords.replace(::core::convert::Into::into(value));
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
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            name: "posts",
            label: ::core::concat!(::core::env!("CARGO_PKG_NAME"), ".", "post"),
            model: "Post",
            doc: "",
            columns: &[
                (<Uuid as ::model_runtime::FieldType>::COLUMN
                    .named("id", "id")
                    .role(::model_runtime::Role::Key))
                    .checked(),
                (<String as ::model_runtime::FieldType>::COLUMN
                    .named("title", "title")
                    .role(::model_runtime::Role::Data))
                    .checked(),
                (<String as ::model_runtime::FieldType>::COLUMN
                    .named("content", "content")
                    .role(::model_runtime::Role::Data))
                    .checked(),
                (<String as ::model_runtime::FieldType>::COLUMN
                    .named("slug", "slug")
                    .role(::model_runtime::Role::Data)
                    .max_length(255u32)
                    .refuses(::model_runtime::seo::refuse_slug)
                    .doc("The row's name in URLs."))
                    .checked(),
                (<String as ::model_runtime::FieldType>::COLUMN
                    .named("seo_title", "seo_title")
                    .role(::model_runtime::Role::Data)
                    .max_length(60u32)
                    .default("''")
                    .doc("The title that search engines show."))
                    .checked(),
                (<String as ::model_runtime::FieldType>::COLUMN
                    .named("seo_description", "seo_description")
                    .role(::model_runtime::Role::Data)
                    .max_length(160u32)
                    .default("''")
                    .doc("The description that search engines show."))
                    .checked(),
                (<String as ::model_runtime::FieldType>::COLUMN
                    .named("seo_keywords", "seo_keywords")
                    .role(::model_runtime::Role::Data)
                    .max_length(255u32)
                    .default("''")
                    .doc("Keywords for search engines, with commas between them."))
                    .checked(),
            ],
            key: 0usize,
            indexes: &[
                ::model_runtime::IndexDef {
                    name: "posts_slug_key",
                    parts: &["\"slug\""],
                    unique: true,
                    filter: ::core::option::Option::None,
                },
            ],
            scopes: &[],
            order: &[],
            delete: ::model_runtime::Delete::Remove,
            display: ::core::option::Option::None,
            record: ::model_runtime::record::RecordDef::NONE,
            cache: ::core::option::Option::None,
            companions: &[
                |table, dialect| ::model_runtime::seo::schema(table, "slug", dialect),
            ],
            permissions: &[],
        };
        &TABLE
    };
    const COLUMNS: PostColumns = PostColumns::__at(::model_runtime::Path::ROOT);
    const STATEMENTS: &'static ::model_runtime::Statements = &::model_runtime::Statements {
        select: "SELECT t.\"id\", t.\"title\", t.\"content\", t.\"slug\", t.\"seo_title\", t.\"seo_description\", t.\"seo_keywords\" FROM \"posts\" AS t",
        get: "SELECT t.\"id\", t.\"title\", t.\"content\", t.\"slug\", t.\"seo_title\", t.\"seo_description\", t.\"seo_keywords\" FROM \"posts\" AS t WHERE \"id\" = $1",
        reload: "SELECT t.\"id\", t.\"title\", t.\"content\", t.\"slug\", t.\"seo_title\", t.\"seo_description\", t.\"seo_keywords\" FROM \"posts\" AS t WHERE \"id\" = $1",
        insert: "INSERT INTO \"posts\" (\"id\", \"title\", \"content\", \"slug\", \"seo_title\", \"seo_description\", \"seo_keywords\") VALUES ($1, $2, $3, $4, $5, $6, $7)",
        generated: ::core::option::Option::Some(
            &::model_runtime::GeneratedDef {
                column: "slug",
                reserved: "posts_slug_history",
                on_conflict: " ON CONFLICT (\"slug\") DO NOTHING",
                insert: "INSERT INTO \"posts\" (\"id\", \"title\", \"content\", \"slug\", \"seo_title\", \"seo_description\", \"seo_keywords\") SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM \"posts_slug_history\" WHERE \"slug\" = CAST($4 AS VARCHAR)) ON CONFLICT (\"slug\") DO NOTHING",
            },
        ),
        update: "UPDATE \"posts\" SET \"title\" = $2, \"content\" = $3, \"slug\" = $4, \"seo_title\" = $5, \"seo_description\" = $6, \"seo_keywords\" = $7 WHERE \"id\" = $1 AND (\"title\" IS DISTINCT FROM $2 OR \"content\" IS DISTINCT FROM $3 OR \"slug\" IS DISTINCT FROM $4 OR \"seo_title\" IS DISTINCT FROM $5 OR \"seo_description\" IS DISTINCT FROM $6 OR \"seo_keywords\" IS DISTINCT FROM $7)",
        remove: "DELETE FROM \"posts\" WHERE \"id\" = $1",
        delete: ::core::option::Option::None,
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
            0usize => <Uuid as __F>::to_value(&self.id),
            1usize => <String as __F>::to_value(&self.title),
            2usize => <String as __F>::to_value(&self.content),
            3usize => <String as __F>::to_value(&self.slug),
            4usize => <String as __F>::to_value(&self.seo_title),
            5usize => <String as __F>::to_value(&self.seo_description),
            6usize => <String as __F>::to_value(&self.seo_keywords),
            _ => ::core::unreachable!("there are no more columns"),
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
            id: <Uuid as __F>::read_from::<B>(row, at + 0usize, &columns[0usize])?,
            title: <String as __F>::read_from::<B>(row, at + 1usize, &columns[1usize])?,
            content: <String as __F>::read_from::<
                B,
            >(row, at + 2usize, &columns[2usize])?,
            slug: <String as __F>::read_from::<B>(row, at + 3usize, &columns[3usize])?,
            seo_title: <String as __F>::read_from::<
                B,
            >(row, at + 4usize, &columns[4usize])?,
            seo_description: <String as __F>::read_from::<
                B,
            >(row, at + 5usize, &columns[5usize])?,
            seo_keywords: <String as __F>::read_from::<
                B,
            >(row, at + 6usize, &columns[6usize])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        <Uuid as __F>::normalise(&mut self.id, &columns[0usize]);
        <String as __F>::normalise(&mut self.title, &columns[1usize]);
        <String as __F>::normalise(&mut self.content, &columns[2usize]);
        <String as __F>::normalise(&mut self.slug, &columns[3usize]);
        <String as __F>::normalise(&mut self.seo_title, &columns[4usize]);
        <String as __F>::normalise(&mut self.seo_description, &columns[5usize]);
        <String as __F>::normalise(&mut self.seo_keywords, &columns[6usize]);
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
                    <String as __F>::draft(&mut row.title),
                    <String as __F>::draft(&mut row.content),
                    <String as __F>::draft(&mut row.slug),
                    <String as __F>::draft(&mut row.seo_title),
                    <String as __F>::draft(&mut row.seo_description),
                    <String as __F>::draft(&mut row.seo_keywords),
                ],
            )
            .then(|| row.build())
    }
    fn set_fields(&mut self, fields: &mut ::model_runtime::Fields) {
        use ::model_runtime::FieldType as __F;
        fields
            .assign(
                &mut [
                    <String as __F>::assign(&mut self.title),
                    <String as __F>::assign(&mut self.content),
                    <String as __F>::assign(&mut self.slug),
                    <String as __F>::assign(&mut self.seo_title),
                    <String as __F>::assign(&mut self.seo_description),
                    <String as __F>::assign(&mut self.seo_keywords),
                ],
            )
    }
}
impl ::model_runtime::Hooks for Post {}
impl ::model_runtime::seo::Seo for Post {
    const SLUG: &'static ::model_runtime::ColumnDef = &<Post as ::model_runtime::Model>::TABLE
        .columns[3usize];
    fn slug(&self) -> &str {
        &self.slug
    }
}
