///The columns of [`Note`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code)]
pub struct NoteColumns<
    R = Note,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    ///The column `id`.
    pub id: ::model_runtime::Column<R, P::Of<Uuid>>,
    ///The column `text`.
    pub text: ::model_runtime::Column<R, P::Of<String>>,
    ///The column `scratch`.
    pub scratch: ::model_runtime::Column<R, P::Of<String>>,
    ///The column `change_log`.
    pub change_log: ::model_runtime::Column<R, P::Of<ChangeLog>>,
    __path: ::model_runtime::Path,
}
impl<R, P: ::model_runtime::Presence> ::core::marker::Copy for NoteColumns<R, P> {}
impl<R, P: ::model_runtime::Presence> ::core::clone::Clone for NoteColumns<R, P> {
    fn clone(&self) -> Self {
        *self
    }
}
#[allow(dead_code)]
impl<R, P: ::model_runtime::Presence> NoteColumns<R, P> {
    const fn __at(path: ::model_runtime::Path) -> Self {
        use ::model_runtime::Column as C;
        let columns = <Note as ::model_runtime::Model>::TABLE.columns;
        Self {
            id: C::new(&columns[0usize], path),
            text: C::new(&columns[1usize], path),
            scratch: C::new(&columns[2usize], path),
            change_log: C::new(&columns[3usize], path),
            __path: path,
        }
    }
}
impl<R: 'static, P: ::model_runtime::Presence> ::model_runtime::Related<R>
for NoteColumns<R, P>
where
    P::Of<Note>: ::core::marker::Send,
{
    type Out = P::Of<Note>;
    fn paths(&self) -> ::std::vec::Vec<::model_runtime::Path> {
        ::std::vec![self.__path]
    }
    fn width(&self) -> usize {
        <Note as ::model_runtime::Model>::TABLE.columns.len()
    }
    fn read<B: ::model_runtime::Backend>(
        &self,
        row: &B::Row,
        at: usize,
    ) -> ::model_runtime::__private::sqlx::Result<P::Of<Note>> {
        ::model_runtime::read_related::<B, Note, P>(self.__path, row, at)
    }
}
#[doc(hidden)]
#[allow(non_camel_case_types)]
pub mod __note_fields {
    ///`text`.
    #[derive(::core::fmt::Debug)]
    pub struct text;
    ///`scratch`.
    #[derive(::core::fmt::Debug)]
    pub struct scratch;
}
#[doc(hidden)]
#[derive(::core::default::Default)]
pub struct NoteDraft {
    id: ::core::option::Option<Uuid>,
    text: ::core::option::Option<String>,
    scratch: ::core::option::Option<String>,
}
impl NoteDraft {
    fn build(self) -> Note {
        Note {
            id: self.id.unwrap_or_else(|| ::model_runtime::__private::Uuid::now_v7()),
            text: ::model_runtime::__private::given(self.text),
            scratch: ::model_runtime::__private::given(self.scratch),
            change_log: ::core::default::Default::default(),
        }
    }
}
///Builds a [`Note`]. A required field that is not set is a compile error.
#[must_use = "a builder does nothing until `create` or `build`"]
#[allow(dead_code)]
pub struct NoteBuilder<
    S0 = ::model_runtime::__private::Unset<__note_fields::text>,
    S1 = ::model_runtime::__private::Unset<__note_fields::scratch>,
> {
    draft: NoteDraft,
    state: ::core::marker::PhantomData<fn() -> (S0, S1)>,
}
impl Note {
    ///Starts a new [`Note`].
    pub fn builder() -> NoteBuilder {
        NoteBuilder {
            draft: ::core::default::Default::default(),
            state: ::core::marker::PhantomData,
        }
    }
}
#[allow(dead_code, clippy::needless_update)]
impl<S0, S1> NoteBuilder<S0, S1> {
    ///Sets `id`.
    pub fn id(mut self, value: impl ::core::convert::Into<Uuid>) -> Self {
        self.draft.id.replace(::core::convert::Into::into(value));
        self
    }
    ///Sets `text`.
    pub fn text(
        self,
        value: impl ::core::convert::Into<String>,
    ) -> NoteBuilder<::model_runtime::__private::Set, S1> {
        NoteBuilder {
            draft: NoteDraft {
                text: ::core::option::Option::Some(::core::convert::Into::into(value)),
                ..self.draft
            },
            state: ::core::marker::PhantomData,
        }
    }
    ///Sets `scratch`.
    pub fn scratch(
        self,
        value: impl ::core::convert::Into<String>,
    ) -> NoteBuilder<S0, ::model_runtime::__private::Set> {
        NoteBuilder {
            draft: NoteDraft {
                scratch: ::core::option::Option::Some(
                    ::core::convert::Into::into(value),
                ),
                ..self.draft
            },
            state: ::core::marker::PhantomData,
        }
    }
    /// The row, not yet in the database.
    pub fn build(self) -> Note
    where
        S0: ::model_runtime::__private::Given<__note_fields::text>,
        S1: ::model_runtime::__private::Given<__note_fields::scratch>,
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
    ) -> ::model_runtime::__private::BoxFuture<'c, ::model_runtime::Result<Note>>
    where
        S0: ::model_runtime::__private::Given<__note_fields::text>,
        S1: ::model_runtime::__private::Given<__note_fields::scratch>,
        D: ::model_runtime::Db<'c, ::model_runtime::Create<Note>, Out = Note> + 'c,
    {
        ::std::boxed::Box::pin(
            ::model_runtime::Db::run(db, ::model_runtime::Create::new(self.build())),
        )
    }
}
impl ::model_runtime::Model for Note {
    type Id = Uuid;
    type Columns = NoteColumns;
    type ColumnsOf<R, P: ::model_runtime::Presence> = NoteColumns<R, P>;
    type Presence = ::model_runtime::Always;
    const TABLE: &'static ::model_runtime::TableDef = {
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            name: "notes",
            label: ::core::concat!(::core::env!("CARGO_PKG_NAME"), ".", "note"),
            model: "Note",
            doc: "A note that keeps the last 100 changes.",
            columns: &[
                (<Uuid as ::model_runtime::FieldType>::COLUMN
                    .named("id", "id")
                    .role(::model_runtime::Role::Key))
                    .checked(),
                (<String as ::model_runtime::FieldType>::COLUMN
                    .named("text", "text")
                    .role(::model_runtime::Role::Data))
                    .checked(),
                (<String as ::model_runtime::FieldType>::COLUMN
                    .named("scratch", "scratch")
                    .role(::model_runtime::Role::Data)
                    .recording(::model_runtime::record::Recording::Skip))
                    .checked(),
                (<ChangeLog as ::model_runtime::FieldType>::COLUMN
                    .named("change_log", "change_log")
                    .role(::model_runtime::Role::Log)
                    .default("'{}'")
                    .doc("What was changed and when, by time and field."))
                    .checked(),
            ],
            key: 0usize,
            indexes: &[],
            scopes: &[],
            order: &[],
            delete: ::model_runtime::Delete::Remove,
            display: ::core::option::Option::None,
            record: ::model_runtime::record::RecordDef {
                log: ::core::option::Option::Some(::model_runtime::record::LogDef {
                    column: "change_log",
                    keep: ::core::option::Option::Some(100u32),
                }),
                journal: ::core::option::Option::None,
            },
            cache: ::core::option::Option::None,
            companions: &[],
            permissions: &[],
        };
        &TABLE
    };
    const COLUMNS: NoteColumns = NoteColumns::__at(::model_runtime::Path::ROOT);
    const STATEMENTS: &'static ::model_runtime::Statements = &::model_runtime::Statements {
        select: "SELECT t.\"id\", t.\"text\", t.\"scratch\", t.\"change_log\" FROM \"notes\" AS t",
        get: "SELECT t.\"id\", t.\"text\", t.\"scratch\", t.\"change_log\" FROM \"notes\" AS t WHERE \"id\" = $1",
        reload: "SELECT t.\"id\", t.\"text\", t.\"scratch\", t.\"change_log\" FROM \"notes\" AS t WHERE \"id\" = $1",
        insert: "INSERT INTO \"notes\" (\"id\", \"text\", \"scratch\", \"change_log\") VALUES ($1, $2, $3, $4)",
        generated: ::core::option::Option::None,
        update: "UPDATE \"notes\" SET \"text\" = $2, \"scratch\" = $3 WHERE \"id\" = $1 AND (\"text\" IS DISTINCT FROM $2 OR \"scratch\" IS DISTINCT FROM $3)",
        remove: "DELETE FROM \"notes\" WHERE \"id\" = $1",
        delete: ::core::option::Option::None,
    };
    fn id(&self) -> Uuid {
        self.id
    }
    fn set_id(&mut self, id: Uuid) {
        self.id = id;
    }
    fn repr(&self) -> ::std::string::String {
        ::std::format!("Note {}", ::model_runtime::Model::id(self))
    }
    fn value(&self, column: usize) -> ::model_runtime::Value<'_> {
        use ::model_runtime::FieldType as __F;
        match column {
            0usize => <Uuid as __F>::to_value(&self.id),
            1usize => <String as __F>::to_value(&self.text),
            2usize => <String as __F>::to_value(&self.scratch),
            3usize => <ChangeLog as __F>::to_value(&self.change_log),
            _ => ::core::unreachable!("there are no more columns"),
        }
    }
    fn columns_at<R, P: ::model_runtime::Presence>(
        path: ::model_runtime::Path,
    ) -> NoteColumns<R, P> {
        NoteColumns::__at(path)
    }
    fn read<B: ::model_runtime::Backend>(
        row: &B::Row,
        at: usize,
    ) -> ::model_runtime::__private::sqlx::Result<Self> {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        ::core::result::Result::Ok(Self {
            id: <Uuid as __F>::read_from::<B>(row, at + 0usize, &columns[0usize])?,
            text: <String as __F>::read_from::<B>(row, at + 1usize, &columns[1usize])?,
            scratch: <String as __F>::read_from::<
                B,
            >(row, at + 2usize, &columns[2usize])?,
            change_log: <ChangeLog as __F>::read_from::<
                B,
            >(row, at + 3usize, &columns[3usize])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        <Uuid as __F>::normalise(&mut self.id, &columns[0usize]);
        <String as __F>::normalise(&mut self.text, &columns[1usize]);
        <String as __F>::normalise(&mut self.scratch, &columns[2usize]);
        <ChangeLog as __F>::normalise(&mut self.change_log, &columns[3usize]);
    }
    fn logged(&mut self, log: ::std::string::String) {
        self.change_log = ::model_runtime::ChangeLog::written(log);
    }
}
impl ::model_runtime::Writable for Note {
    fn of_fields(fields: &mut ::model_runtime::Fields) -> ::core::option::Option<Self> {
        use ::model_runtime::FieldType as __F;
        let mut row = Self::builder().draft;
        fields
            .make(
                &["text", "scratch"],
                &mut [
                    <String as __F>::draft(&mut row.text),
                    <String as __F>::draft(&mut row.scratch),
                ],
            )
            .then(|| row.build())
    }
    fn set_fields(&mut self, fields: &mut ::model_runtime::Fields) {
        use ::model_runtime::FieldType as __F;
        fields
            .assign(
                &mut [
                    <String as __F>::assign(&mut self.text),
                    <String as __F>::assign(&mut self.scratch),
                ],
            )
    }
}
impl ::model_runtime::Hooks for Note {}
impl ::model_runtime::track_changes::TrackChanges for Note {
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
            1usize => self.text = from_json(json, def)?,
            2usize => self.scratch = from_json(json, def)?,
            _ => {}
        }
        ::core::result::Result::Ok(())
    }
}
