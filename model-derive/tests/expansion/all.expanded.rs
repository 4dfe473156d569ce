///The columns of [`Post`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code, missing_docs)]
pub struct PostColumns<
    R = Post,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    pub id: ::model_runtime::Column<R, P::Of<Uuid>>,
    pub title: ::model_runtime::Column<R, P::Of<String>>,
    pub author_id: ::model_runtime::Column<R, P::Of<Uuid>>,
    pub created_at: ::model_runtime::Column<R, P::Of<DateTime<Utc>>>,
    pub updated_at: ::model_runtime::Column<R, P::Of<DateTime<Utc>>>,
    pub deleted_at: ::model_runtime::Column<R, Option<DateTime<Utc>>>,
    pub status: ::model_runtime::Column<R, P::Of<PublishStatus>>,
    pub published_at: ::model_runtime::Column<R, Option<DateTime<Utc>>>,
    pub slug: ::model_runtime::Column<R, P::Of<String>>,
    pub seo_title: ::model_runtime::Column<R, P::Of<String>>,
    pub seo_description: ::model_runtime::Column<R, P::Of<String>>,
    pub seo_keywords: ::model_runtime::Column<R, P::Of<String>>,
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
            id: C::new(&columns[0], path),
            title: C::new(&columns[1], path),
            author_id: C::new(&columns[2], path),
            created_at: C::new(&columns[3], path),
            updated_at: C::new(&columns[4], path),
            deleted_at: C::new(&columns[5], path),
            status: C::new(&columns[6], path),
            published_at: C::new(&columns[7], path),
            slug: C::new(&columns[8], path),
            seo_title: C::new(&columns[9], path),
            seo_description: C::new(&columns[10], path),
            seo_keywords: C::new(&columns[11], path),
            change_log: C::new(&columns[12], path),
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
    pub struct author_id;
}
#[doc(hidden)]
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
            deleted_at: self.deleted_at.flatten(),
            status: self.status.unwrap_or_else(|| ::model_runtime::PublishStatus::Draft),
            published_at: self.published_at.flatten(),
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
        use ::model_runtime::__private::absent as a;
        PostBuilder {
            draft: PostDraft {
                id: a(),
                title: a(),
                author_id: a(),
                created_at: a(),
                updated_at: a(),
                deleted_at: a(),
                status: a(),
                published_at: a(),
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
    ///The key.
    pub fn id(mut self, value: impl ::core::convert::Into<Uuid>) -> Self {
        self.draft.id.replace(value.into());
        self
    }
    ///The title.
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
    ///Who wrote it.
    pub fn author_id(
        mut self,
        value: impl ::core::convert::Into<Uuid>,
    ) -> PostBuilder<S0, ::model_runtime::__private::Set> {
        self.draft.author_id.replace(value.into());
        PostBuilder {
            draft: self.draft,
            state: ::core::marker::PhantomData,
        }
    }
    ///When it was made.
    pub fn created_at(
        mut self,
        value: impl ::core::convert::Into<DateTime<Utc>>,
    ) -> Self {
        self.draft.created_at.replace(value.into());
        self
    }
    ///When it was last written.
    pub fn updated_at(
        mut self,
        value: impl ::core::convert::Into<DateTime<Utc>>,
    ) -> Self {
        self.draft.updated_at.replace(value.into());
        self
    }
    ///When it was deleted.
    pub fn deleted_at(
        mut self,
        value: impl ::core::convert::Into<Option<DateTime<Utc>>>,
    ) -> Self {
        self.draft.deleted_at.replace(value.into());
        self
    }
    ///Where it stands.
    pub fn status(mut self, value: impl ::core::convert::Into<PublishStatus>) -> Self {
        self.draft.status.replace(value.into());
        self
    }
    ///When it was last published.
    pub fn published_at(
        mut self,
        value: impl ::core::convert::Into<Option<DateTime<Utc>>>,
    ) -> Self {
        self.draft.published_at.replace(value.into());
        self
    }
    ///Its name in URLs.
    pub fn slug(mut self, value: impl ::core::convert::Into<String>) -> Self {
        self.draft.slug.replace(value.into());
        self
    }
    ///Its title for search engines.
    pub fn seo_title(mut self, value: impl ::core::convert::Into<String>) -> Self {
        self.draft.seo_title.replace(value.into());
        self
    }
    ///Its description for search engines.
    pub fn seo_description(mut self, value: impl ::core::convert::Into<String>) -> Self {
        self.draft.seo_description.replace(value.into());
        self
    }
    ///Its keywords for search engines.
    pub fn seo_keywords(mut self, value: impl ::core::convert::Into<String>) -> Self {
        self.draft.seo_keywords.replace(value.into());
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
        use ::model_runtime::IndexDef as __I;
        use ::model_runtime::{FieldType as __F, Role as __R};
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            columns: &[
                (<Uuid as __F>::COLUMN.named("id").role(__R::Key).doc("The key."))
                    .checked(),
                (<String as __F>::COLUMN
                    .named("title")
                    .max_length(200)
                    .doc("The title."))
                    .checked(),
                (<Uuid as __F>::COLUMN
                    .named("author_id")
                    .references(
                        <User as ::model_runtime::Model>::table,
                        ::model_runtime::OnDelete::Protect,
                    )
                    .doc("Who wrote it."))
                    .checked(),
                (<DateTime<Utc> as __F>::COLUMN
                    .named("created_at")
                    .role(__R::Managed)
                    .doc("When it was made."))
                    .checked(),
                (<DateTime<Utc> as __F>::COLUMN
                    .named("updated_at")
                    .role(__R::Touched)
                    .doc("When it was last written."))
                    .checked(),
                (<Option<DateTime<Utc>> as __F>::COLUMN
                    .named("deleted_at")
                    .role(__R::Managed)
                    .doc("When it was deleted."))
                    .checked(),
                (<PublishStatus as __F>::COLUMN
                    .named("status")
                    .role(__R::Managed)
                    .default("'draft'")
                    .doc("Where it stands."))
                    .checked(),
                (<Option<DateTime<Utc>> as __F>::COLUMN
                    .named("published_at")
                    .role(__R::Managed)
                    .doc("When it was last published."))
                    .checked(),
                (<String as __F>::COLUMN
                    .named("slug")
                    .max_length(255)
                    .refuses(::model_runtime::seo::refuse_slug)
                    .doc("Its name in URLs."))
                    .checked(),
                (<String as __F>::COLUMN
                    .named("seo_title")
                    .max_length(60)
                    .default("''")
                    .doc("Its title for search engines."))
                    .checked(),
                (<String as __F>::COLUMN
                    .named("seo_description")
                    .max_length(160)
                    .default("''")
                    .doc("Its description for search engines."))
                    .checked(),
                (<String as __F>::COLUMN
                    .named("seo_keywords")
                    .max_length(255)
                    .default("''")
                    .doc("Its keywords for search engines."))
                    .checked(),
                (<ChangeLog as __F>::COLUMN
                    .named("change_log")
                    .role(__R::Log)
                    .default("'{}'")
                    .doc("What was changed."))
                    .checked(),
            ],
            doc: "A blog post: thirteen fields, every capability, checked.",
            indexes: &[
                __I::new(
                    "posts_created_at_desc_id_desc_idx",
                    &["\"created_at\" DESC", "\"id\" DESC"],
                ),
                __I::new("posts_updated_at_desc_idx", &["\"updated_at\" DESC"]),
                __I::new(
                        "posts_created_at_desc_id_desc_8efd_idx",
                        &["\"created_at\" DESC", "\"id\" DESC"],
                    )
                    .filtered("\"deleted_at\" IS NULL"),
                __I::new("posts_deleted_at_bc66_idx", &["\"deleted_at\""])
                    .filtered("\"deleted_at\" IS NOT NULL"),
                __I::new(
                    "posts_status_published_at_desc_idx",
                    &["\"status\"", "\"published_at\" DESC"],
                ),
                __I::new(
                    "posts_status_created_at_desc_idx",
                    &["\"status\"", "\"created_at\" DESC"],
                ),
                __I::new("posts_slug_key", &["\"slug\""])
                    .unique()
                    .filtered("\"deleted_at\" IS NULL"),
                __I::new("posts_author_id_idx", &["\"author_id\""]),
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
            companions: &[
                |table, dialect| ::model_runtime::seo::schema(table, "slug", dialect),
            ],
            ..::model_runtime::TableDef::new("posts", "blog.post", "Post")
        };
        &TABLE
    };
    const COLUMNS: PostColumns = PostColumns::__at(::model_runtime::Path::ROOT);
    const STATEMENTS: &'static ::model_runtime::Statements = &::model_runtime::Statements {
        insert: "INSERT INTO \"posts\" (\"id\", \"title\", \"author_id\", \"created_at\", \"updated_at\", \"deleted_at\", \"status\", \"published_at\", \"slug\", \"seo_title\", \"seo_description\", \"seo_keywords\", \"change_log\") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        update: "UPDATE \"posts\" SET \"title\" = $2, \"author_id\" = $3, \"slug\" = $4, \"seo_title\" = $5, \"seo_description\" = $6, \"seo_keywords\" = $7, \"updated_at\" = $8 WHERE \"id\" = $1 AND (\"title\" IS DISTINCT FROM $2 OR \"author_id\" IS DISTINCT FROM $3 OR \"slug\" IS DISTINCT FROM $4 OR \"seo_title\" IS DISTINCT FROM $5 OR \"seo_description\" IS DISTINCT FROM $6 OR \"seo_keywords\" IS DISTINCT FROM $7)",
        remove: "DELETE FROM \"posts\" WHERE \"id\" = $1",
        generated: ::core::option::Option::Some(
            &::model_runtime::GeneratedDef {
                column: "slug",
                reserved: "posts_slug_history",
                on_conflict: " ON CONFLICT (\"slug\") WHERE \"deleted_at\" IS NULL DO NOTHING",
                insert: "INSERT INTO \"posts\" (\"id\", \"title\", \"author_id\", \"created_at\", \"updated_at\", \"deleted_at\", \"status\", \"published_at\", \"slug\", \"seo_title\", \"seo_description\", \"seo_keywords\", \"change_log\") SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 WHERE NOT EXISTS (SELECT 1 FROM \"posts_slug_history\" WHERE \"slug\" = CAST($9 AS VARCHAR)) ON CONFLICT (\"slug\") WHERE \"deleted_at\" IS NULL DO NOTHING",
            },
        ),
        delete: ::core::option::Option::Some(
            ::model_runtime::ChangeSql::new(
                "delete",
                "UPDATE \"posts\" SET \"deleted_at\" = $2, \"updated_at\" = $2 WHERE \"id\" = $1 AND \"deleted_at\" IS NULL",
                true,
                &[("deleted_at", ::model_runtime::SetTo::Time)],
                "\"deleted_at\" IS NULL",
            ),
        ),
        ..::model_runtime::Statements::reading(
            "SELECT t.\"id\", t.\"title\", t.\"author_id\", t.\"created_at\", t.\"updated_at\", t.\"deleted_at\", t.\"status\", t.\"published_at\", t.\"slug\", t.\"seo_title\", t.\"seo_description\", t.\"seo_keywords\", t.\"change_log\" FROM \"posts\" AS t WHERE \"id\" = $1 AND \"deleted_at\" IS NULL",
            215,
            231,
        )
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
            0 => __F::to_value(&self.id),
            1 => __F::to_value(&self.title),
            2 => __F::to_value(&self.author_id),
            3 => __F::to_value(&self.created_at),
            4 => __F::to_value(&self.updated_at),
            5 => __F::to_value(&self.deleted_at),
            6 => __F::to_value(&self.status),
            7 => __F::to_value(&self.published_at),
            8 => __F::to_value(&self.slug),
            9 => __F::to_value(&self.seo_title),
            10 => __F::to_value(&self.seo_description),
            11 => __F::to_value(&self.seo_keywords),
            12 => __F::to_value(&self.change_log),
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
            author_id: __F::read_from::<B>(row, at + 2, &columns[2])?,
            created_at: __F::read_from::<B>(row, at + 3, &columns[3])?,
            updated_at: __F::read_from::<B>(row, at + 4, &columns[4])?,
            deleted_at: __F::read_from::<B>(row, at + 5, &columns[5])?,
            status: __F::read_from::<B>(row, at + 6, &columns[6])?,
            published_at: __F::read_from::<B>(row, at + 7, &columns[7])?,
            slug: __F::read_from::<B>(row, at + 8, &columns[8])?,
            seo_title: __F::read_from::<B>(row, at + 9, &columns[9])?,
            seo_description: __F::read_from::<B>(row, at + 10, &columns[10])?,
            seo_keywords: __F::read_from::<B>(row, at + 11, &columns[11])?,
            change_log: __F::read_from::<B>(row, at + 12, &columns[12])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        __F::normalise(&mut self.id, &columns[0]);
        __F::normalise(&mut self.title, &columns[1]);
        __F::normalise(&mut self.author_id, &columns[2]);
        __F::normalise(&mut self.created_at, &columns[3]);
        __F::normalise(&mut self.updated_at, &columns[4]);
        __F::normalise(&mut self.deleted_at, &columns[5]);
        __F::normalise(&mut self.status, &columns[6]);
        __F::normalise(&mut self.published_at, &columns[7]);
        __F::normalise(&mut self.slug, &columns[8]);
        __F::normalise(&mut self.seo_title, &columns[9]);
        __F::normalise(&mut self.seo_description, &columns[10]);
        __F::normalise(&mut self.seo_keywords, &columns[11]);
        __F::normalise(&mut self.change_log, &columns[12]);
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
    fn touch(&mut self, time: ::model_runtime::__private::Time) {
        self.updated_at = time;
    }
    fn logged(&mut self, log: ::std::string::String) {
        self.change_log = ::model_runtime::ChangeLog::written(log);
    }
    fn mark_deleted(&mut self, time: ::model_runtime::__private::Time) {
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
                    __F::draft(&mut row.title),
                    __F::draft(&mut row.author_id),
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
                    __F::assign(&mut self.author_id),
                    __F::assign(&mut self.slug),
                    __F::assign(&mut self.seo_title),
                    __F::assign(&mut self.seo_description),
                    __F::assign(&mut self.seo_keywords),
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
        .columns[3];
    const UPDATED_AT: &'static ::model_runtime::ColumnDef = &<Post as ::model_runtime::Model>::TABLE
        .columns[4];
}
impl ::model_runtime::soft_delete::SoftDelete for Post {
    const DELETED_AT: &'static ::model_runtime::ColumnDef = &<Post as ::model_runtime::Model>::TABLE
        .columns[5];
    const RESTORE: ::model_runtime::ChangeSql = ::model_runtime::ChangeSql::new(
        "restore",
        "UPDATE \"posts\" SET \"deleted_at\" = NULL, \"updated_at\" = $2 WHERE \"id\" = $1 AND \"deleted_at\" IS NOT NULL",
        true,
        &[("deleted_at", ::model_runtime::SetTo::Null)],
        "\"deleted_at\" IS NOT NULL",
    );
    fn deleted_at(&self) -> ::core::option::Option<::model_runtime::__private::Time> {
        self.deleted_at
    }
    fn set_deleted_at(
        &mut self,
        time: ::core::option::Option<::model_runtime::__private::Time>,
    ) {
        self.deleted_at = time;
    }
}
impl ::model_runtime::publishable::Publishable for Post {
    const STATUS: &'static ::model_runtime::ColumnDef = &<Post as ::model_runtime::Model>::TABLE
        .columns[6];
    const PUBLISHED_AT: &'static ::model_runtime::ColumnDef = &<Post as ::model_runtime::Model>::TABLE
        .columns[7];
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
    fn published_at(&self) -> ::core::option::Option<::model_runtime::__private::Time> {
        self.published_at
    }
    fn set_publication(
        &mut self,
        status: ::model_runtime::PublishStatus,
        published_at: ::core::option::Option<::model_runtime::__private::Time>,
    ) {
        self.status = status;
        self.published_at = published_at;
    }
}
impl ::model_runtime::seo::Seo for Post {
    const SLUG: &'static ::model_runtime::ColumnDef = &<Post as ::model_runtime::Model>::TABLE
        .columns[8];
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
        use ::model_runtime::checked::column as __c;
        let (db, row) = ::model_runtime::checked::record(
            ::sqlx::query!("SELECT * FROM \"posts\""),
        );
        __c::<Uuid, _, _>(db, &row.id);
        __c::<String, _, _>(db, &row.title);
        __c::<Uuid, _, _>(db, &row.author_id);
        __c::<DateTime<Utc>, _, _>(db, &row.created_at);
        __c::<DateTime<Utc>, _, _>(db, &row.updated_at);
        __c::<Option<DateTime<Utc>>, _, _>(db, &row.deleted_at);
        __c::<PublishStatus, _, _>(db, &row.status);
        __c::<Option<DateTime<Utc>>, _, _>(db, &row.published_at);
        __c::<String, _, _>(db, &row.slug);
        __c::<String, _, _>(db, &row.seo_title);
        __c::<String, _, _>(db, &row.seo_description);
        __c::<String, _, _>(db, &row.seo_keywords);
        __c::<ChangeLog, _, _>(db, &row.change_log);
        let _ = ::sqlx::query_unchecked!(
            "INSERT INTO \"posts\" (\"id\", \"title\", \"author_id\", \"created_at\", \"updated_at\", \"deleted_at\", \"status\", \"published_at\", \"slug\", \"seo_title\", \"seo_description\", \"seo_keywords\", \"change_log\") SELECT \"id\", \"title\", \"author_id\", \"created_at\", \"updated_at\", \"deleted_at\", \"status\", \"published_at\", \"slug\", \"seo_title\", \"seo_description\", \"seo_keywords\", \"change_log\" FROM \"posts\" AS t WHERE NOT EXISTS (SELECT 1 FROM \"posts_slug_history\" AS r WHERE r.\"slug\" = t.\"slug\") ON CONFLICT (\"slug\") WHERE \"deleted_at\" IS NULL DO NOTHING"
        );
        let _ = ::sqlx::query_unchecked!(
            "UPDATE \"posts\" SET \"title\" = \"title\", \"author_id\" = \"author_id\", \"created_at\" = \"created_at\", \"updated_at\" = \"updated_at\", \"deleted_at\" = \"deleted_at\", \"status\" = \"status\", \"published_at\" = \"published_at\", \"slug\" = \"slug\", \"seo_title\" = \"seo_title\", \"seo_description\" = \"seo_description\", \"seo_keywords\" = \"seo_keywords\", \"change_log\" = \"change_log\" WHERE FALSE OR \"title\" IS DISTINCT FROM \"title\" OR \"author_id\" IS DISTINCT FROM \"author_id\" OR \"slug\" IS DISTINCT FROM \"slug\" OR \"seo_title\" IS DISTINCT FROM \"seo_title\" OR \"seo_description\" IS DISTINCT FROM \"seo_description\" OR \"seo_keywords\" IS DISTINCT FROM \"seo_keywords\""
        );
        let _ = ::sqlx::query_unchecked!("DELETE FROM \"posts\" WHERE \"id\" IS NULL");
        let _ = ::sqlx::query_unchecked!(
            "INSERT INTO \"audit_logs\" (\"timestamp\", \"action\", \"content_type\", \"object_id\", \"object_repr\", \"changes\", \"actor_id\", \"actor_label\", \"ip_address\", \"user_agent\", \"request_id\") SELECT \"timestamp\", \"action\", \"content_type\", \"object_id\", \"object_repr\", \"changes\", \"actor_id\", \"actor_label\", \"ip_address\", \"user_agent\", \"request_id\" FROM \"audit_logs\" WHERE FALSE"
        );
    }
};
