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
    ///The column `author_id`.
    pub author_id: ::model_runtime::Column<R, P::Of<Uuid>>,
    ///The column `created_at`.
    pub created_at: ::model_runtime::Column<R, P::Of<DateTime<Utc>>>,
    ///The column `updated_at`.
    pub updated_at: ::model_runtime::Column<R, P::Of<DateTime<Utc>>>,
    ///The column `deleted_at`.
    pub deleted_at: ::model_runtime::Column<R, Option<DateTime<Utc>>>,
    ///The column `status`.
    pub status: ::model_runtime::Column<R, P::Of<PublishStatus>>,
    ///The column `published_at`.
    pub published_at: ::model_runtime::Column<R, Option<DateTime<Utc>>>,
    ///The column `slug`.
    pub slug: ::model_runtime::Column<R, P::Of<String>>,
    ///The column `seo_title`.
    pub seo_title: ::model_runtime::Column<R, P::Of<String>>,
    ///The column `seo_description`.
    pub seo_description: ::model_runtime::Column<R, P::Of<String>>,
    ///The column `seo_keywords`.
    pub seo_keywords: ::model_runtime::Column<R, P::Of<String>>,
    ///The column `change_log`.
    pub change_log: ::model_runtime::Column<R, P::Of<ChangeLog>>,
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
            author_id: C::new(&columns[2usize], path),
            created_at: C::new(&columns[3usize], path),
            updated_at: C::new(&columns[4usize], path),
            deleted_at: C::new(&columns[5usize], path),
            status: C::new(&columns[6usize], path),
            published_at: C::new(&columns[7usize], path),
            slug: C::new(&columns[8usize], path),
            seo_title: C::new(&columns[9usize], path),
            seo_description: C::new(&columns[10usize], path),
            seo_keywords: C::new(&columns[11usize], path),
            change_log: C::new(&columns[12usize], path),
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
    ///`author_id`.
    #[derive(::core::fmt::Debug)]
    pub struct author_id;
}
#[doc(hidden)]
#[derive(::core::default::Default)]
pub struct PostDraft {
    id: ::core::option::Option<Uuid>,
    title: ::core::option::Option<String>,
    author_id: ::core::option::Option<Uuid>,
    created_at: ::core::option::Option<DateTime<Utc>>,
    updated_at: ::core::option::Option<DateTime<Utc>>,
    deleted_at: ::core::option::Option<Option<DateTime<Utc>>>,
    status: ::core::option::Option<PublishStatus>,
    published_at: ::core::option::Option<Option<DateTime<Utc>>>,
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
            author_id: ::model_runtime::__private::given(self.author_id),
            created_at: self.created_at.unwrap_or_else(|| ::model_runtime::clock::UNSET),
            updated_at: self.updated_at.unwrap_or_else(|| ::model_runtime::clock::UNSET),
            deleted_at: self.deleted_at.unwrap_or_else(|| ::core::option::Option::None),
            status: self.status.unwrap_or_else(|| ::model_runtime::PublishStatus::Draft),
            published_at: self
                .published_at
                .unwrap_or_else(|| ::core::option::Option::None),
            slug: self.slug.unwrap_or_else(|| ::std::string::String::new()),
            seo_title: self.seo_title.unwrap_or_else(|| ::std::string::String::new()),
            seo_description: self
                .seo_description
                .unwrap_or_else(|| ::std::string::String::new()),
            seo_keywords: self
                .seo_keywords
                .unwrap_or_else(|| ::std::string::String::new()),
            change_log: ::core::default::Default::default(),
        }
    }
}
///Builds a [`Post`]. A required field that is not set is a compile error.
#[must_use = "a builder does nothing until `create` or `build`"]
#[allow(dead_code)]
pub struct PostBuilder<
    S0 = ::model_runtime::__private::Unset<__post_fields::title>,
    S1 = ::model_runtime::__private::Unset<__post_fields::author_id>,
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
    ///The key.
    pub fn id(mut self, value: impl ::core::convert::Into<Uuid>) -> Self {
        self.draft.id.replace(::core::convert::Into::into(value));
        self
    }
    ///The title.
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
    ///Who wrote it.
    pub fn author_id(
        self,
        value: impl ::core::convert::Into<Uuid>,
    ) -> PostBuilder<S0, ::model_runtime::__private::Set> {
        PostBuilder {
            draft: PostDraft {
                author_id: ::core::option::Option::Some(
                    ::core::convert::Into::into(value),
                ),
                ..self.draft
            },
            state: ::core::marker::PhantomData,
        }
    }
    ///When it was made.
    pub fn created_at(
        mut self,
        value: impl ::core::convert::Into<DateTime<Utc>>,
    ) -> Self {
        self.draft.created_at.replace(::core::convert::Into::into(value));
        self
    }
    ///When it was last written.
    pub fn updated_at(
        mut self,
        value: impl ::core::convert::Into<DateTime<Utc>>,
    ) -> Self {
        self.draft.updated_at.replace(::core::convert::Into::into(value));
        self
    }
    ///When it was deleted.
    pub fn deleted_at(
        mut self,
        value: impl ::core::convert::Into<Option<DateTime<Utc>>>,
    ) -> Self {
        self.draft.deleted_at.replace(::core::convert::Into::into(value));
        self
    }
    ///Where it stands.
    pub fn status(mut self, value: impl ::core::convert::Into<PublishStatus>) -> Self {
        self.draft.status.replace(::core::convert::Into::into(value));
        self
    }
    ///When it was last published.
    pub fn published_at(
        mut self,
        value: impl ::core::convert::Into<Option<DateTime<Utc>>>,
    ) -> Self {
        self.draft.published_at.replace(::core::convert::Into::into(value));
        self
    }
    ///Its name in URLs.
    pub fn slug(mut self, value: impl ::core::convert::Into<String>) -> Self {
        self.draft.slug.replace(::core::convert::Into::into(value));
        self
    }
    ///Its title for search engines.
    pub fn seo_title(mut self, value: impl ::core::convert::Into<String>) -> Self {
        self.draft.seo_title.replace(::core::convert::Into::into(value));
        self
    }
    ///Its description for search engines.
    pub fn seo_description(mut self, value: impl ::core::convert::Into<String>) -> Self {
        self.draft.seo_description.replace(::core::convert::Into::into(value));
        self
    }
    ///Its keywords for search engines.
    pub fn seo_keywords(mut self, value: impl ::core::convert::Into<String>) -> Self {
        self.draft.seo_keywords.replace(::core::convert::Into::into(value));
        self
    }
    /// The row, not yet in the database.
    pub fn build(self) -> Post
    where
        S0: ::model_runtime::__private::Given<__post_fields::title>,
        S1: ::model_runtime::__private::Given<__post_fields::author_id>,
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
        S1: ::model_runtime::__private::Given<__post_fields::author_id>,
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
    type Presence = ::model_runtime::Maybe;
    const TABLE: &'static ::model_runtime::TableDef = {
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            name: "posts",
            label: "blog.post",
            model: "Post",
            doc: "A blog post: thirteen fields, every capability, checked.",
            columns: &[
                (<Uuid as ::model_runtime::FieldType>::COLUMN
                    .named("id", "id")
                    .role(::model_runtime::Role::Key)
                    .doc("The key."))
                    .checked(),
                (<String as ::model_runtime::FieldType>::COLUMN
                    .named("title", "title")
                    .role(::model_runtime::Role::Data)
                    .max_length(200u32)
                    .doc("The title."))
                    .checked(),
                (<Uuid as ::model_runtime::FieldType>::COLUMN
                    .named("author_id", "author_id")
                    .role(::model_runtime::Role::Data)
                    .references(
                        <User as ::model_runtime::Model>::table,
                        ::model_runtime::OnDelete::Protect,
                    )
                    .doc("Who wrote it."))
                    .checked(),
                (<DateTime<Utc> as ::model_runtime::FieldType>::COLUMN
                    .named("created_at", "created_at")
                    .role(::model_runtime::Role::Managed)
                    .doc("When it was made."))
                    .checked(),
                (<DateTime<Utc> as ::model_runtime::FieldType>::COLUMN
                    .named("updated_at", "updated_at")
                    .role(::model_runtime::Role::Touched)
                    .doc("When it was last written."))
                    .checked(),
                (<Option<DateTime<Utc>> as ::model_runtime::FieldType>::COLUMN
                    .named("deleted_at", "deleted_at")
                    .role(::model_runtime::Role::Managed)
                    .doc("When it was deleted."))
                    .checked(),
                (<PublishStatus as ::model_runtime::FieldType>::COLUMN
                    .named("status", "status")
                    .role(::model_runtime::Role::Managed)
                    .default("'draft'")
                    .doc("Where it stands."))
                    .checked(),
                (<Option<DateTime<Utc>> as ::model_runtime::FieldType>::COLUMN
                    .named("published_at", "published_at")
                    .role(::model_runtime::Role::Managed)
                    .doc("When it was last published."))
                    .checked(),
                (<String as ::model_runtime::FieldType>::COLUMN
                    .named("slug", "slug")
                    .role(::model_runtime::Role::Data)
                    .max_length(255u32)
                    .refuses(::model_runtime::seo::refuse_slug)
                    .doc("Its name in URLs."))
                    .checked(),
                (<String as ::model_runtime::FieldType>::COLUMN
                    .named("seo_title", "seo_title")
                    .role(::model_runtime::Role::Data)
                    .max_length(60u32)
                    .default("''")
                    .doc("Its title for search engines."))
                    .checked(),
                (<String as ::model_runtime::FieldType>::COLUMN
                    .named("seo_description", "seo_description")
                    .role(::model_runtime::Role::Data)
                    .max_length(160u32)
                    .default("''")
                    .doc("Its description for search engines."))
                    .checked(),
                (<String as ::model_runtime::FieldType>::COLUMN
                    .named("seo_keywords", "seo_keywords")
                    .role(::model_runtime::Role::Data)
                    .max_length(255u32)
                    .default("''")
                    .doc("Its keywords for search engines."))
                    .checked(),
                (<ChangeLog as ::model_runtime::FieldType>::COLUMN
                    .named("change_log", "change_log")
                    .role(::model_runtime::Role::Log)
                    .default("'{}'")
                    .doc("What was changed."))
                    .checked(),
            ],
            key: 0usize,
            indexes: &[
                ::model_runtime::IndexDef {
                    name: "posts_created_at_desc_id_desc_idx",
                    parts: &["\"created_at\" DESC", "\"id\" DESC"],
                    unique: false,
                    filter: ::core::option::Option::None,
                },
                ::model_runtime::IndexDef {
                    name: "posts_updated_at_desc_idx",
                    parts: &["\"updated_at\" DESC"],
                    unique: false,
                    filter: ::core::option::Option::None,
                },
                ::model_runtime::IndexDef {
                    name: "posts_created_at_desc_id_desc_8efd_idx",
                    parts: &["\"created_at\" DESC", "\"id\" DESC"],
                    unique: false,
                    filter: ::core::option::Option::Some("\"deleted_at\" IS NULL"),
                },
                ::model_runtime::IndexDef {
                    name: "posts_deleted_at_bc66_idx",
                    parts: &["\"deleted_at\""],
                    unique: false,
                    filter: ::core::option::Option::Some("\"deleted_at\" IS NOT NULL"),
                },
                ::model_runtime::IndexDef {
                    name: "posts_status_published_at_desc_idx",
                    parts: &["\"status\"", "\"published_at\" DESC"],
                    unique: false,
                    filter: ::core::option::Option::None,
                },
                ::model_runtime::IndexDef {
                    name: "posts_status_created_at_desc_idx",
                    parts: &["\"status\"", "\"created_at\" DESC"],
                    unique: false,
                    filter: ::core::option::Option::None,
                },
                ::model_runtime::IndexDef {
                    name: "posts_slug_key",
                    parts: &["\"slug\""],
                    unique: true,
                    filter: ::core::option::Option::Some("\"deleted_at\" IS NULL"),
                },
                ::model_runtime::IndexDef {
                    name: "posts_author_id_idx",
                    parts: &["\"author_id\""],
                    unique: false,
                    filter: ::core::option::Option::None,
                },
            ],
            scopes: &[
                ::model_runtime::ScopeDef {
                    capability: "soft_delete",
                    column: "deleted_at",
                    test: "IS NULL",
                },
            ],
            order: &[
                ::model_runtime::OrderDef {
                    column: "created_at",
                    descending: true,
                },
            ],
            delete: ::model_runtime::Delete::Mark {
                time: "deleted_at",
                with: ::core::option::Option::None,
            },
            display: ::core::option::Option::Some("title"),
            record: ::model_runtime::record::RecordDef {
                log: ::core::option::Option::Some(::model_runtime::record::LogDef {
                    column: "change_log",
                    keep: ::core::option::Option::Some(100u32),
                }),
                journal: ::core::option::Option::Some(::model_runtime::record::JournalDef {
                    table: "audit_logs",
                    entry: ::model_runtime::audit::entry,
                }),
            },
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
        select: "SELECT t.\"id\", t.\"title\", t.\"author_id\", t.\"created_at\", t.\"updated_at\", t.\"deleted_at\", t.\"status\", t.\"published_at\", t.\"slug\", t.\"seo_title\", t.\"seo_description\", t.\"seo_keywords\", t.\"change_log\" FROM \"posts\" AS t",
        get: "SELECT t.\"id\", t.\"title\", t.\"author_id\", t.\"created_at\", t.\"updated_at\", t.\"deleted_at\", t.\"status\", t.\"published_at\", t.\"slug\", t.\"seo_title\", t.\"seo_description\", t.\"seo_keywords\", t.\"change_log\" FROM \"posts\" AS t WHERE \"id\" = $1 AND \"deleted_at\" IS NULL",
        reload: "SELECT t.\"id\", t.\"title\", t.\"author_id\", t.\"created_at\", t.\"updated_at\", t.\"deleted_at\", t.\"status\", t.\"published_at\", t.\"slug\", t.\"seo_title\", t.\"seo_description\", t.\"seo_keywords\", t.\"change_log\" FROM \"posts\" AS t WHERE \"id\" = $1",
        insert: "INSERT INTO \"posts\" (\"id\", \"title\", \"author_id\", \"created_at\", \"updated_at\", \"deleted_at\", \"status\", \"published_at\", \"slug\", \"seo_title\", \"seo_description\", \"seo_keywords\", \"change_log\") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        generated: ::core::option::Option::Some(
            &::model_runtime::GeneratedDef {
                column: "slug",
                reserved: "posts_slug_history",
                on_conflict: " ON CONFLICT (\"slug\") WHERE \"deleted_at\" IS NULL DO NOTHING",
                insert: "INSERT INTO \"posts\" (\"id\", \"title\", \"author_id\", \"created_at\", \"updated_at\", \"deleted_at\", \"status\", \"published_at\", \"slug\", \"seo_title\", \"seo_description\", \"seo_keywords\", \"change_log\") SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 WHERE NOT EXISTS (SELECT 1 FROM \"posts_slug_history\" WHERE \"slug\" = CAST($9 AS VARCHAR)) ON CONFLICT (\"slug\") WHERE \"deleted_at\" IS NULL DO NOTHING",
            },
        ),
        update: "UPDATE \"posts\" SET \"title\" = $2, \"author_id\" = $3, \"slug\" = $4, \"seo_title\" = $5, \"seo_description\" = $6, \"seo_keywords\" = $7, \"updated_at\" = $8 WHERE \"id\" = $1 AND (\"title\" IS DISTINCT FROM $2 OR \"author_id\" IS DISTINCT FROM $3 OR \"slug\" IS DISTINCT FROM $4 OR \"seo_title\" IS DISTINCT FROM $5 OR \"seo_description\" IS DISTINCT FROM $6 OR \"seo_keywords\" IS DISTINCT FROM $7)",
        remove: "DELETE FROM \"posts\" WHERE \"id\" = $1",
        delete: ::core::option::Option::Some(
            ::model_runtime::ChangeSql::new(
                "delete",
                "UPDATE \"posts\" SET \"deleted_at\" = $2, \"updated_at\" = $2 WHERE \"id\" = $1 AND \"deleted_at\" IS NULL",
                true,
                &[("deleted_at", ::model_runtime::SetTo::Time)],
                "\"deleted_at\" IS NULL",
            ),
        ),
    };
    fn id(&self) -> Uuid {
        self.id
    }
    fn set_id(&mut self, id: Uuid) {
        self.id = id;
    }
    fn repr(&self) -> ::std::string::String {
        ::std::string::ToString::to_string(&self.title)
    }
    fn value(&self, column: usize) -> ::model_runtime::Value<'_> {
        use ::model_runtime::FieldType as __F;
        match column {
            0usize => <Uuid as __F>::to_value(&self.id),
            1usize => <String as __F>::to_value(&self.title),
            2usize => <Uuid as __F>::to_value(&self.author_id),
            3usize => <DateTime<Utc> as __F>::to_value(&self.created_at),
            4usize => <DateTime<Utc> as __F>::to_value(&self.updated_at),
            5usize => <Option<DateTime<Utc>> as __F>::to_value(&self.deleted_at),
            6usize => <PublishStatus as __F>::to_value(&self.status),
            7usize => <Option<DateTime<Utc>> as __F>::to_value(&self.published_at),
            8usize => <String as __F>::to_value(&self.slug),
            9usize => <String as __F>::to_value(&self.seo_title),
            10usize => <String as __F>::to_value(&self.seo_description),
            11usize => <String as __F>::to_value(&self.seo_keywords),
            12usize => <ChangeLog as __F>::to_value(&self.change_log),
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
            author_id: <Uuid as __F>::read_from::<
                B,
            >(row, at + 2usize, &columns[2usize])?,
            created_at: <DateTime<
                Utc,
            > as __F>::read_from::<B>(row, at + 3usize, &columns[3usize])?,
            updated_at: <DateTime<
                Utc,
            > as __F>::read_from::<B>(row, at + 4usize, &columns[4usize])?,
            deleted_at: <Option<
                DateTime<Utc>,
            > as __F>::read_from::<B>(row, at + 5usize, &columns[5usize])?,
            status: <PublishStatus as __F>::read_from::<
                B,
            >(row, at + 6usize, &columns[6usize])?,
            published_at: <Option<
                DateTime<Utc>,
            > as __F>::read_from::<B>(row, at + 7usize, &columns[7usize])?,
            slug: <String as __F>::read_from::<B>(row, at + 8usize, &columns[8usize])?,
            seo_title: <String as __F>::read_from::<
                B,
            >(row, at + 9usize, &columns[9usize])?,
            seo_description: <String as __F>::read_from::<
                B,
            >(row, at + 10usize, &columns[10usize])?,
            seo_keywords: <String as __F>::read_from::<
                B,
            >(row, at + 11usize, &columns[11usize])?,
            change_log: <ChangeLog as __F>::read_from::<
                B,
            >(row, at + 12usize, &columns[12usize])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        <Uuid as __F>::normalise(&mut self.id, &columns[0usize]);
        <String as __F>::normalise(&mut self.title, &columns[1usize]);
        <Uuid as __F>::normalise(&mut self.author_id, &columns[2usize]);
        <DateTime<Utc> as __F>::normalise(&mut self.created_at, &columns[3usize]);
        <DateTime<Utc> as __F>::normalise(&mut self.updated_at, &columns[4usize]);
        <Option<
            DateTime<Utc>,
        > as __F>::normalise(&mut self.deleted_at, &columns[5usize]);
        <PublishStatus as __F>::normalise(&mut self.status, &columns[6usize]);
        <Option<
            DateTime<Utc>,
        > as __F>::normalise(&mut self.published_at, &columns[7usize]);
        <String as __F>::normalise(&mut self.slug, &columns[8usize]);
        <String as __F>::normalise(&mut self.seo_title, &columns[9usize]);
        <String as __F>::normalise(&mut self.seo_description, &columns[10usize]);
        <String as __F>::normalise(&mut self.seo_keywords, &columns[11usize]);
        <ChangeLog as __F>::normalise(&mut self.change_log, &columns[12usize]);
    }
    fn prepare(
        &mut self,
        write: &mut ::model_runtime::Write,
    ) -> ::model_runtime::Result<()> {
        ::model_runtime::Hooks::before_save(self, write.event)?;
        if let ::model_runtime::WriteEvent::Insert = write.event {
            if self.created_at == ::model_runtime::clock::UNSET {
                self.created_at = write.time;
            }
            self.updated_at = write.time;
        }
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
        ::core::result::Result::Ok(())
    }
    fn check(&self, errors: &mut ::model_runtime::ValidationErrors) {
        ::model_runtime::Hooks::validate(self, errors);
    }
    fn regenerate(&mut self, base: &str, attempt: u32) {
        self.slug = ::model_runtime::seo::vary_slug(base, attempt);
    }
    fn touch(
        &mut self,
        time: ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
    ) {
        self.updated_at = time;
    }
    fn logged(&mut self, log: ::std::string::String) {
        self.change_log = ::model_runtime::ChangeLog::written(log);
    }
    fn mark_deleted(
        &mut self,
        time: ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
    ) {
        self.deleted_at = ::core::option::Option::Some(time);
    }
}
impl ::model_runtime::Writable for Post {
    fn of_fields(fields: &mut ::model_runtime::Fields) -> ::core::option::Option<Self> {
        use ::model_runtime::FieldType as __F;
        let mut row = Self::builder().draft;
        fields
            .make(
                &["title", "author_id"],
                &mut [
                    <String as __F>::draft(&mut row.title),
                    <Uuid as __F>::draft(&mut row.author_id),
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
                    <Uuid as __F>::assign(&mut self.author_id),
                    <String as __F>::assign(&mut self.slug),
                    <String as __F>::assign(&mut self.seo_title),
                    <String as __F>::assign(&mut self.seo_description),
                    <String as __F>::assign(&mut self.seo_keywords),
                ],
            )
    }
}
impl ::core::fmt::Display for Post {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::core::fmt::Display::fmt(&self.title, f)
    }
}
const _: () = {
    let _: fn(Uuid) -> <User as ::model_runtime::Model>::Id = |key| key;
};
impl ::model_runtime::timestamps::Timestamps for Post {
    const CREATED_AT: &'static ::model_runtime::ColumnDef = &<Post as ::model_runtime::Model>::TABLE
        .columns[3usize];
    const UPDATED_AT: &'static ::model_runtime::ColumnDef = &<Post as ::model_runtime::Model>::TABLE
        .columns[4usize];
}
impl ::model_runtime::soft_delete::SoftDelete for Post {
    const DELETED_AT: &'static ::model_runtime::ColumnDef = &<Post as ::model_runtime::Model>::TABLE
        .columns[5usize];
    const RESTORE: ::model_runtime::ChangeSql = ::model_runtime::ChangeSql::new(
        "restore",
        "UPDATE \"posts\" SET \"deleted_at\" = NULL, \"updated_at\" = $2 WHERE \"id\" = $1 AND \"deleted_at\" IS NOT NULL",
        true,
        &[("deleted_at", ::model_runtime::SetTo::Null)],
        "\"deleted_at\" IS NOT NULL",
    );
    fn deleted_at(
        &self,
    ) -> ::core::option::Option<
        ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
    > {
        self.deleted_at
    }
    fn set_deleted_at(
        &mut self,
        time: ::core::option::Option<
            ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
        >,
    ) {
        self.deleted_at = time;
    }
}
impl ::model_runtime::publishable::Publishable for Post {
    const STATUS: &'static ::model_runtime::ColumnDef = &<Post as ::model_runtime::Model>::TABLE
        .columns[6usize];
    const PUBLISHED_AT: &'static ::model_runtime::ColumnDef = &<Post as ::model_runtime::Model>::TABLE
        .columns[7usize];
    const PUBLISH: ::model_runtime::ChangeSql = ::model_runtime::ChangeSql::new(
        "publish",
        "UPDATE \"posts\" SET \"status\" = 'published', \"published_at\" = $2, \"updated_at\" = $2 WHERE \"id\" = $1 AND \"status\" IN ('draft')",
        true,
        &[
            ("status", ::model_runtime::SetTo::Text("published")),
            ("published_at", ::model_runtime::SetTo::Time),
        ],
        "\"status\" IN ('draft')",
    );
    const UNPUBLISH: ::model_runtime::ChangeSql = ::model_runtime::ChangeSql::new(
        "unpublish",
        "UPDATE \"posts\" SET \"status\" = 'draft', \"updated_at\" = $2 WHERE \"id\" = $1 AND \"status\" IN ('published', 'archived')",
        true,
        &[("status", ::model_runtime::SetTo::Text("draft"))],
        "\"status\" IN ('published', 'archived')",
    );
    const ARCHIVE: ::model_runtime::ChangeSql = ::model_runtime::ChangeSql::new(
        "archive",
        "UPDATE \"posts\" SET \"status\" = 'archived', \"updated_at\" = $2 WHERE \"id\" = $1 AND \"status\" IN ('draft', 'published')",
        true,
        &[("status", ::model_runtime::SetTo::Text("archived"))],
        "\"status\" IN ('draft', 'published')",
    );
    fn status(&self) -> ::model_runtime::PublishStatus {
        self.status
    }
    fn published_at(
        &self,
    ) -> ::core::option::Option<
        ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
    > {
        self.published_at
    }
    fn set_publication(
        &mut self,
        status: ::model_runtime::PublishStatus,
        published_at: ::core::option::Option<
            ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
        >,
    ) {
        self.status = status;
        self.published_at = published_at;
    }
}
impl ::model_runtime::seo::Seo for Post {
    const SLUG: &'static ::model_runtime::ColumnDef = &<Post as ::model_runtime::Model>::TABLE
        .columns[8usize];
    fn slug(&self) -> &str {
        &self.slug
    }
}
impl ::model_runtime::track_changes::TrackChanges for Post {
    fn change_log(&self) -> &::model_runtime::ChangeLog {
        &self.change_log
    }
    fn set_logged(
        &mut self,
        column: usize,
        json: &str,
    ) -> ::core::result::Result<(), ::model_runtime::BoxError> {
        use ::model_runtime::record::from_json;
        let def = &<Self as ::model_runtime::Model>::TABLE.columns[column];
        match column {
            1usize => self.title = from_json(json, def)?,
            2usize => self.author_id = from_json(json, def)?,
            8usize => self.slug = from_json(json, def)?,
            9usize => self.seo_title = from_json(json, def)?,
            10usize => self.seo_description = from_json(json, def)?,
            11usize => self.seo_keywords = from_json(json, def)?,
            _ => {}
        }
        ::core::result::Result::Ok(())
    }
}
impl ::model_runtime::audit::Audited for Post {}
::model_runtime::__private::inventory::submit! {
    ::model_runtime::__private::Referring(< Post as ::model_runtime::Model > ::table)
}
const _: () = {
    #[allow(unused_imports)]
    use ::std::prelude::rust_2024::*;
    #[allow(dead_code, unused_variables, unreachable_code, clippy::all)]
    fn check() {
        let (db, row) = ::model_runtime::checked::record(
            ::sqlx::query!("SELECT * FROM \"posts\""),
        );
        ::model_runtime::checked::column::<Uuid, _, _>(db, &row.id);
        ::model_runtime::checked::column::<String, _, _>(db, &row.title);
        ::model_runtime::checked::column::<Uuid, _, _>(db, &row.author_id);
        ::model_runtime::checked::column::<DateTime<Utc>, _, _>(db, &row.created_at);
        ::model_runtime::checked::column::<DateTime<Utc>, _, _>(db, &row.updated_at);
        ::model_runtime::checked::column::<
            Option<DateTime<Utc>>,
            _,
            _,
        >(db, &row.deleted_at);
        ::model_runtime::checked::column::<PublishStatus, _, _>(db, &row.status);
        ::model_runtime::checked::column::<
            Option<DateTime<Utc>>,
            _,
            _,
        >(db, &row.published_at);
        ::model_runtime::checked::column::<String, _, _>(db, &row.slug);
        ::model_runtime::checked::column::<String, _, _>(db, &row.seo_title);
        ::model_runtime::checked::column::<String, _, _>(db, &row.seo_description);
        ::model_runtime::checked::column::<String, _, _>(db, &row.seo_keywords);
        ::model_runtime::checked::column::<ChangeLog, _, _>(db, &row.change_log);
        let _ = ::sqlx::query_unchecked!(
            "SELECT t.\"id\", t.\"title\", t.\"author_id\", t.\"created_at\", t.\"updated_at\", t.\"deleted_at\", t.\"status\", t.\"published_at\", t.\"slug\", t.\"seo_title\", t.\"seo_description\", t.\"seo_keywords\", t.\"change_log\" FROM \"posts\" AS t WHERE \"id\" = $1 AND \"deleted_at\" IS NULL",
            0_i32
        );
        let _ = ::sqlx::query_unchecked!(
            "SELECT t.\"id\", t.\"title\", t.\"author_id\", t.\"created_at\", t.\"updated_at\", t.\"deleted_at\", t.\"status\", t.\"published_at\", t.\"slug\", t.\"seo_title\", t.\"seo_description\", t.\"seo_keywords\", t.\"change_log\" FROM \"posts\" AS t WHERE \"id\" = $1",
            0_i32
        );
        let _ = ::sqlx::query_unchecked!(
            "INSERT INTO \"posts\" (\"id\", \"title\", \"author_id\", \"created_at\", \"updated_at\", \"deleted_at\", \"status\", \"published_at\", \"slug\", \"seo_title\", \"seo_description\", \"seo_keywords\", \"change_log\") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            0_i32, 0_i32, 0_i32, 0_i32, 0_i32, 0_i32, 0_i32, 0_i32, 0_i32, 0_i32, 0_i32,
            0_i32, 0_i32
        );
        let _ = ::sqlx::query_unchecked!(
            "UPDATE \"posts\" SET \"title\" = $2, \"author_id\" = $3, \"slug\" = $4, \"seo_title\" = $5, \"seo_description\" = $6, \"seo_keywords\" = $7, \"updated_at\" = $8 WHERE \"id\" = $1 AND (\"title\" IS DISTINCT FROM $2 OR \"author_id\" IS DISTINCT FROM $3 OR \"slug\" IS DISTINCT FROM $4 OR \"seo_title\" IS DISTINCT FROM $5 OR \"seo_description\" IS DISTINCT FROM $6 OR \"seo_keywords\" IS DISTINCT FROM $7)",
            0_i32, 0_i32, 0_i32, 0_i32, 0_i32, 0_i32, 0_i32, 0_i32
        );
        let _ = ::sqlx::query_unchecked!(
            "DELETE FROM \"posts\" WHERE \"id\" = $1", 0_i32
        );
        let _ = ::sqlx::query_unchecked!(
            "UPDATE \"posts\" SET \"deleted_at\" = $2, \"updated_at\" = $2 WHERE \"id\" = $1 AND \"deleted_at\" IS NULL",
            0_i32, 0_i32
        );
        let _ = ::sqlx::query_unchecked!(
            "INSERT INTO \"posts\" (\"id\", \"title\", \"author_id\", \"created_at\", \"updated_at\", \"deleted_at\", \"status\", \"published_at\", \"slug\", \"seo_title\", \"seo_description\", \"seo_keywords\", \"change_log\") SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 WHERE NOT EXISTS (SELECT 1 FROM \"posts_slug_history\" WHERE \"slug\" = CAST($9 AS VARCHAR)) ON CONFLICT (\"slug\") WHERE \"deleted_at\" IS NULL DO NOTHING",
            0_i32, 0_i32, 0_i32, 0_i32, 0_i32, 0_i32, 0_i32, 0_i32, 0_i32, 0_i32, 0_i32,
            0_i32, 0_i32
        );
        let _ = ::sqlx::query_unchecked!(
            "UPDATE \"posts\" SET \"deleted_at\" = NULL, \"updated_at\" = $2 WHERE \"id\" = $1 AND \"deleted_at\" IS NOT NULL",
            0_i32, 0_i32
        );
        let _ = ::sqlx::query_unchecked!(
            "UPDATE \"posts\" SET \"status\" = 'published', \"published_at\" = $2, \"updated_at\" = $2 WHERE \"id\" = $1 AND \"status\" IN ('draft')",
            0_i32, 0_i32
        );
        let _ = ::sqlx::query_unchecked!(
            "UPDATE \"posts\" SET \"status\" = 'draft', \"updated_at\" = $2 WHERE \"id\" = $1 AND \"status\" IN ('published', 'archived')",
            0_i32, 0_i32
        );
        let _ = ::sqlx::query_unchecked!(
            "UPDATE \"posts\" SET \"status\" = 'archived', \"updated_at\" = $2 WHERE \"id\" = $1 AND \"status\" IN ('draft', 'published')",
            0_i32, 0_i32
        );
        let _ = ::sqlx::query_unchecked!(
            "SELECT \"timestamp\", \"action\", \"content_type\", \"object_id\", \"object_repr\", \"changes\", \"actor_id\", \"actor_label\", \"ip_address\", \"user_agent\", \"request_id\" FROM \"audit_logs\""
        );
    }
};
