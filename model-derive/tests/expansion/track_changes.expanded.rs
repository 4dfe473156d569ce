///The columns of [`Note`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code, missing_docs)]
pub struct NoteColumns<
    R = Note,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    pub id: ::model_runtime::Column<R, P::Of<Uuid>>,
    pub text: ::model_runtime::Column<R, P::Of<String>>,
    pub scratch: ::model_runtime::Column<R, P::Of<String>>,
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
            id: C::new(&columns[0], path),
            text: C::new(&columns[1], path),
            scratch: C::new(&columns[2], path),
            change_log: C::new(&columns[3], path),
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
        ::core::convert::Into::into([self.__path])
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
#[allow(missing_debug_implementations, missing_docs, non_camel_case_types)]
pub mod __note_fields {
    pub struct text;
    pub struct scratch;
}
#[doc(hidden)]
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
        use ::model_runtime::__private::absent as a;
        NoteBuilder {
            draft: NoteDraft {
                id: a(),
                text: a(),
                scratch: a(),
            },
            state: ::core::marker::PhantomData,
        }
    }
}
#[allow(dead_code)]
impl<S0, S1> NoteBuilder<S0, S1> {
    ///Sets `id`.
    pub fn id(mut self, value: impl ::core::convert::Into<Uuid>) -> Self {
        self.draft.id.replace(value.into());
        self
    }
    ///Sets `text`.
    pub fn text(
        mut self,
        value: impl ::core::convert::Into<String>,
    ) -> NoteBuilder<::model_runtime::__private::Set, S1> {
        self.draft.text.replace(value.into());
        NoteBuilder {
            draft: self.draft,
            state: ::core::marker::PhantomData,
        }
    }
    ///Sets `scratch`.
    pub fn scratch(
        mut self,
        value: impl ::core::convert::Into<String>,
    ) -> NoteBuilder<S0, ::model_runtime::__private::Set> {
        self.draft.scratch.replace(value.into());
        NoteBuilder {
            draft: self.draft,
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
        use ::model_runtime::{FieldType as __F, Role as __R};
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            columns: &[
                (<Uuid as __F>::COLUMN.named("id").role(__R::Key)).checked(),
                (<String as __F>::COLUMN.named("text")).checked(),
                (<String as __F>::COLUMN
                    .named("scratch")
                    .recording(::model_runtime::record::Recording::Skip))
                    .checked(),
                (<ChangeLog as __F>::COLUMN
                    .named("change_log")
                    .role(__R::Log)
                    .default("'{}'")
                    .doc("What was changed and when, by time and field."))
                    .checked(),
            ],
            doc: "A note that keeps the last 100 changes.",
            record: ::model_runtime::record::RecordDef {
                log: ::core::option::Option::Some(::model_runtime::record::LogDef {
                    column: "change_log",
                    keep: ::core::option::Option::Some(100u32),
                }),
                journal: ::core::option::Option::None,
            },
            ..::model_runtime::TableDef::new(
                "notes",
                ::core::concat!(::core::env!("CARGO_PKG_NAME"), ".", "note"),
                "Note",
            )
        };
        &TABLE
    };
    const COLUMNS: NoteColumns = NoteColumns::__at(::model_runtime::Path::ROOT);
    const STATEMENTS: &'static ::model_runtime::Statements = &::model_runtime::Statements {
        insert: "INSERT INTO \"notes\" (\"id\", \"text\", \"scratch\", \"change_log\") VALUES ($1, $2, $3, $4)",
        update: "UPDATE \"notes\" SET \"text\" = $2, \"scratch\" = $3 WHERE \"id\" = $1 AND (\"text\" IS DISTINCT FROM $2 OR \"scratch\" IS DISTINCT FROM $3)",
        remove: "DELETE FROM \"notes\" WHERE \"id\" = $1",
        ..::model_runtime::Statements::reading(
            "SELECT t.\"id\", t.\"text\", t.\"scratch\", t.\"change_log\" FROM \"notes\" AS t WHERE \"id\" = $1",
            70,
            86,
        )
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
            0 => __F::to_value(&self.id),
            1 => __F::to_value(&self.text),
            2 => __F::to_value(&self.scratch),
            3 => __F::to_value(&self.change_log),
            _ => ::model_runtime::__private::no_column(),
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
            id: __F::read_from::<B>(row, at + 0, &columns[0])?,
            text: __F::read_from::<B>(row, at + 1, &columns[1])?,
            scratch: __F::read_from::<B>(row, at + 2, &columns[2])?,
            change_log: __F::read_from::<B>(row, at + 3, &columns[3])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        __F::normalise(&mut self.id, &columns[0]);
        __F::normalise(&mut self.text, &columns[1]);
        __F::normalise(&mut self.scratch, &columns[2]);
        __F::normalise(&mut self.change_log, &columns[3]);
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
                &mut [__F::draft(&mut row.text), __F::draft(&mut row.scratch)],
            )
            .then(|| row.build())
    }
    fn set_fields(&mut self, fields: &mut ::model_runtime::Fields) {
        use ::model_runtime::FieldType as __F;
        fields.assign(&mut [__F::assign(&mut self.text), __F::assign(&mut self.scratch)])
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
