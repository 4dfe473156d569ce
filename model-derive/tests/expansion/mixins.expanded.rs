#[derive(Debug, Model)]
#[model(unchecked, id = i64)]
#[timestamps]
#[soft_delete]
pub struct Task {
    ///The key.
    pub id: ::core::primitive::i64,
    #[column(unique)]
    pub title: String,
    /// Listed by hand, with a comment of its own.
    pub deleted_at: Option<DateTime<Utc>>,
    ///When the row was made.
    pub created_at: ::model_runtime::__private::DateTime<
        ::model_runtime::__private::Utc,
    >,
    ///When the row was last written.
    pub updated_at: ::model_runtime::__private::DateTime<
        ::model_runtime::__private::Utc,
    >,
}
///The columns of [`Task`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code, missing_docs)]
pub struct TaskColumns<
    R = Task,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    pub id: ::model_runtime::Column<R, P::Of<::core::primitive::i64>>,
    pub title: ::model_runtime::Column<R, P::Of<String>>,
    pub deleted_at: ::model_runtime::Column<R, Option<DateTime<Utc>>>,
    pub created_at: ::model_runtime::Column<
        R,
        P::Of<::model_runtime::__private::DateTime<::model_runtime::__private::Utc>>,
    >,
    pub updated_at: ::model_runtime::Column<
        R,
        P::Of<::model_runtime::__private::DateTime<::model_runtime::__private::Utc>>,
    >,
    __path: ::model_runtime::Path,
}
impl<R, P: ::model_runtime::Presence> ::core::marker::Copy for TaskColumns<R, P> {}
impl<R, P: ::model_runtime::Presence> ::core::clone::Clone for TaskColumns<R, P> {
    fn clone(&self) -> Self {
        *self
    }
}
#[allow(dead_code)]
impl<R, P: ::model_runtime::Presence> TaskColumns<R, P> {
    const fn __at(path: ::model_runtime::Path) -> Self {
        use ::model_runtime::Column as C;
        let columns = <Task as ::model_runtime::Model>::TABLE.columns;
        Self {
            id: C::new(&columns[0], path),
            title: C::new(&columns[1], path),
            deleted_at: C::new(&columns[2], path),
            created_at: C::new(&columns[3], path),
            updated_at: C::new(&columns[4], path),
            __path: path,
        }
    }
}
impl<R: 'static, P: ::model_runtime::Presence> ::model_runtime::Related<R>
for TaskColumns<R, P>
where
    P::Of<Task>: ::core::marker::Send,
{
    type Out = P::Of<Task>;
    fn paths(&self) -> ::std::vec::Vec<::model_runtime::Path> {
        ::core::convert::Into::into([self.__path])
    }
    fn width(&self) -> usize {
        <Task as ::model_runtime::Model>::TABLE.columns.len()
    }
    fn read<B: ::model_runtime::Backend>(
        &self,
        row: &B::Row,
        at: usize,
    ) -> ::model_runtime::__private::sqlx::Result<P::Of<Task>> {
        ::model_runtime::read_related::<B, Task, P>(self.__path, row, at)
    }
}
#[doc(hidden)]
#[allow(missing_debug_implementations, missing_docs, non_camel_case_types)]
pub mod __task_fields {
    pub struct title;
}
#[doc(hidden)]
pub struct TaskDraft {
    title: ::core::option::Option<String>,
    deleted_at: ::core::option::Option<Option<DateTime<Utc>>>,
    created_at: ::core::option::Option<
        ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
    >,
    updated_at: ::core::option::Option<
        ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
    >,
}
impl TaskDraft {
    fn build(self) -> Task {
        Task {
            id: 0,
            title: ::model_runtime::__private::given(self.title),
            deleted_at: self.deleted_at.flatten(),
            created_at: self.created_at.unwrap_or_else(|| ::model_runtime::clock::UNSET),
            updated_at: self.updated_at.unwrap_or_else(|| ::model_runtime::clock::UNSET),
        }
    }
}
///Builds a [`Task`]. A required field that is not set is a compile error.
#[must_use = "a builder does nothing until `create` or `build`"]
#[allow(dead_code)]
pub struct TaskBuilder<S0 = ::model_runtime::__private::Unset<__task_fields::title>> {
    draft: TaskDraft,
    state: ::core::marker::PhantomData<fn() -> (S0,)>,
}
impl Task {
    ///Starts a new [`Task`].
    pub fn builder() -> TaskBuilder {
        use ::model_runtime::__private::absent as a;
        TaskBuilder {
            draft: TaskDraft {
                title: a(),
                deleted_at: a(),
                created_at: a(),
                updated_at: a(),
            },
            state: ::core::marker::PhantomData,
        }
    }
}
#[allow(dead_code)]
impl<S0> TaskBuilder<S0> {
    ///Sets `title`.
    pub fn title(
        mut self,
        value: impl ::core::convert::Into<String>,
    ) -> TaskBuilder<::model_runtime::__private::Set> {
        self.draft.title.replace(value.into());
        TaskBuilder {
            draft: self.draft,
            state: ::core::marker::PhantomData,
        }
    }
    ///Listed by hand, with a comment of its own.
    pub fn deleted_at(
        mut self,
        value: impl ::core::convert::Into<Option<DateTime<Utc>>>,
    ) -> Self {
        self.draft.deleted_at.replace(value.into());
        self
    }
    ///When the row was made.
    pub fn created_at(
        mut self,
        value: impl ::core::convert::Into<
            ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
        >,
    ) -> Self {
        self.draft.created_at.replace(value.into());
        self
    }
    ///When the row was last written.
    pub fn updated_at(
        mut self,
        value: impl ::core::convert::Into<
            ::model_runtime::__private::DateTime<::model_runtime::__private::Utc>,
        >,
    ) -> Self {
        self.draft.updated_at.replace(value.into());
        self
    }
    /// The row, not yet in the database.
    pub fn build(self) -> Task
    where
        S0: ::model_runtime::__private::Given<__task_fields::title>,
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
    ) -> ::model_runtime::__private::BoxFuture<'c, ::model_runtime::Result<Task>>
    where
        S0: ::model_runtime::__private::Given<__task_fields::title>,
        D: ::model_runtime::Db<'c, ::model_runtime::Create<Task>, Out = Task> + 'c,
    {
        ::std::boxed::Box::pin(
            ::model_runtime::Db::run(db, ::model_runtime::Create::new(self.build())),
        )
    }
}
impl ::model_runtime::Model for Task {
    type Id = ::core::primitive::i64;
    type Columns = TaskColumns;
    type ColumnsOf<R, P: ::model_runtime::Presence> = TaskColumns<R, P>;
    type Presence = ::model_runtime::Maybe;
    const TABLE: &'static ::model_runtime::TableDef = {
        use ::model_runtime::IndexDef as __I;
        use ::model_runtime::{FieldType as __F, Role as __R};
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            columns: &[
                (<::core::primitive::i64 as __F>::COLUMN
                    .named("id")
                    .role(__R::Key)
                    .doc("The key."))
                    .checked(),
                (<String as __F>::COLUMN.named("title")).checked(),
                (<Option<DateTime<Utc>> as __F>::COLUMN
                    .named("deleted_at")
                    .role(__R::Managed)
                    .doc("Listed by hand, with a comment of its own."))
                    .checked(),
                (<::model_runtime::__private::DateTime<
                    ::model_runtime::__private::Utc,
                > as __F>::COLUMN
                    .named("created_at")
                    .role(__R::Managed)
                    .doc("When the row was made."))
                    .checked(),
                (<::model_runtime::__private::DateTime<
                    ::model_runtime::__private::Utc,
                > as __F>::COLUMN
                    .named("updated_at")
                    .role(__R::Touched)
                    .doc("When the row was last written."))
                    .checked(),
            ],
            indexes: &[
                __I::new(
                    "tasks_created_at_desc_id_desc_idx",
                    &["\"created_at\" DESC", "\"id\" DESC"],
                ),
                __I::new("tasks_updated_at_desc_idx", &["\"updated_at\" DESC"]),
                __I::new(
                        "tasks_created_at_desc_id_desc_8efd_idx",
                        &["\"created_at\" DESC", "\"id\" DESC"],
                    )
                    .filtered("\"deleted_at\" IS NULL"),
                __I::new("tasks_deleted_at_bc66_idx", &["\"deleted_at\""])
                    .filtered("\"deleted_at\" IS NOT NULL"),
                __I::new("tasks_title_key", &["\"title\""])
                    .unique()
                    .filtered("\"deleted_at\" IS NULL"),
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
            ..::model_runtime::TableDef::new(
                "tasks",
                ::core::concat!(::core::env!("CARGO_PKG_NAME"), ".", "task"),
                "Task",
            )
        };
        &TABLE
    };
    const COLUMNS: TaskColumns = TaskColumns::__at(::model_runtime::Path::ROOT);
    const STATEMENTS: &'static ::model_runtime::Statements = &::model_runtime::Statements {
        insert: "INSERT INTO \"tasks\" (\"title\", \"deleted_at\", \"created_at\", \"updated_at\") VALUES ($1, $2, $3, $4)",
        update: "UPDATE \"tasks\" SET \"title\" = $2, \"updated_at\" = $3 WHERE \"id\" = $1 AND (\"title\" IS DISTINCT FROM $2)",
        remove: "DELETE FROM \"tasks\" WHERE \"id\" = $1",
        delete: ::core::option::Option::Some(
            ::model_runtime::ChangeSql::new(
                "delete",
                "UPDATE \"tasks\" SET \"deleted_at\" = $2, \"updated_at\" = $2 WHERE \"id\" = $1 AND \"deleted_at\" IS NULL",
                true,
                &[("deleted_at", ::model_runtime::SetTo::Time)],
                "\"deleted_at\" IS NULL",
            ),
        ),
        ..::model_runtime::Statements::reading(
            "SELECT t.\"id\", t.\"title\", t.\"deleted_at\", t.\"created_at\", t.\"updated_at\" FROM \"tasks\" AS t WHERE \"id\" = $1 AND \"deleted_at\" IS NULL",
            90,
            106,
        )
    };
    fn id(&self) -> ::core::primitive::i64 {
        self.id
    }
    fn set_id(&mut self, id: ::core::primitive::i64) {
        self.id = id;
    }
    fn repr(&self) -> ::std::string::String {
        ::std::format!("Task {}", ::model_runtime::Model::id(self))
    }
    fn value(&self, column: usize) -> ::model_runtime::Value<'_> {
        use ::model_runtime::FieldType as __F;
        match column {
            0 => __F::to_value(&self.id),
            1 => __F::to_value(&self.title),
            2 => __F::to_value(&self.deleted_at),
            3 => __F::to_value(&self.created_at),
            4 => __F::to_value(&self.updated_at),
            _ => ::model_runtime::__private::no_column(),
        }
    }
    fn columns_at<R, P: ::model_runtime::Presence>(
        path: ::model_runtime::Path,
    ) -> TaskColumns<R, P> {
        TaskColumns::__at(path)
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
            deleted_at: __F::read_from::<B>(row, at + 2, &columns[2])?,
            created_at: __F::read_from::<B>(row, at + 3, &columns[3])?,
            updated_at: __F::read_from::<B>(row, at + 4, &columns[4])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        __F::normalise(&mut self.id, &columns[0]);
        __F::normalise(&mut self.title, &columns[1]);
        __F::normalise(&mut self.deleted_at, &columns[2]);
        __F::normalise(&mut self.created_at, &columns[3]);
        __F::normalise(&mut self.updated_at, &columns[4]);
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
    fn mark_deleted(&mut self, time: ::model_runtime::__private::Time) {
        self.deleted_at = ::core::option::Option::Some(time);
    }
}
impl ::model_runtime::Writable for Task {
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
impl ::model_runtime::Hooks for Task {}
impl ::model_runtime::timestamps::Timestamps for Task {
    const CREATED_AT: &'static ::model_runtime::ColumnDef = &<Task as ::model_runtime::Model>::TABLE
        .columns[3];
    const UPDATED_AT: &'static ::model_runtime::ColumnDef = &<Task as ::model_runtime::Model>::TABLE
        .columns[4];
}
impl ::model_runtime::soft_delete::SoftDelete for Task {
    const DELETED_AT: &'static ::model_runtime::ColumnDef = &<Task as ::model_runtime::Model>::TABLE
        .columns[2];
    const RESTORE: ::model_runtime::ChangeSql = ::model_runtime::ChangeSql::new(
        "restore",
        "UPDATE \"tasks\" SET \"deleted_at\" = NULL, \"updated_at\" = $2 WHERE \"id\" = $1 AND \"deleted_at\" IS NOT NULL",
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
