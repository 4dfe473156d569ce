#[derive(Model)]
#[versioned]
pub struct Contract {
    ///The key.
    pub id: ::model_runtime::__private::Uuid,
    pub title: String,
    ///How often the row was written.
    pub version: ::core::primitive::i64,
}
///The columns of [`Contract`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code, missing_docs)]
pub struct ContractColumns<
    R = Contract,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    pub id: ::model_runtime::Column<R, P::Of<::model_runtime::__private::Uuid>>,
    pub title: ::model_runtime::Column<R, P::Of<String>>,
    pub version: ::model_runtime::Column<R, P::Of<::core::primitive::i64>>,
    __path: ::model_runtime::Path,
}
impl<R, P: ::model_runtime::Presence> ::core::marker::Copy for ContractColumns<R, P> {}
impl<R, P: ::model_runtime::Presence> ::core::clone::Clone for ContractColumns<R, P> {
    fn clone(&self) -> Self {
        *self
    }
}
#[allow(dead_code)]
impl<R, P: ::model_runtime::Presence> ContractColumns<R, P> {
    const fn __at(path: ::model_runtime::Path) -> Self {
        use ::model_runtime::Column as C;
        let columns = <Contract as ::model_runtime::Model>::TABLE.columns;
        Self {
            id: C::new(&columns[0], path),
            title: C::new(&columns[1], path),
            version: C::new(&columns[2], path),
            __path: path,
        }
    }
}
impl<R: 'static, P: ::model_runtime::Presence> ::model_runtime::Related<R>
for ContractColumns<R, P>
where
    P::Of<Contract>: ::core::marker::Send,
{
    type Out = P::Of<Contract>;
    fn paths(&self) -> ::std::vec::Vec<::model_runtime::Path> {
        ::core::convert::Into::into([self.__path])
    }
    fn width(&self) -> usize {
        <Contract as ::model_runtime::Model>::TABLE.columns.len()
    }
    fn read<B: ::model_runtime::Backend>(
        &self,
        row: &B::Row,
        at: usize,
    ) -> ::model_runtime::__private::sqlx::Result<P::Of<Contract>> {
        ::model_runtime::read_related::<B, Contract, P>(self.__path, row, at)
    }
}
#[doc(hidden)]
#[allow(missing_debug_implementations, missing_docs, non_camel_case_types)]
pub mod __contract_fields {
    pub struct title;
}
#[doc(hidden)]
pub struct ContractDraft {
    id: ::core::option::Option<::model_runtime::__private::Uuid>,
    title: ::core::option::Option<String>,
}
impl ContractDraft {
    fn build(self) -> Contract {
        Contract {
            id: self.id.unwrap_or_else(|| ::model_runtime::__private::Uuid::now_v7()),
            title: ::model_runtime::__private::given(self.title),
            version: 1,
        }
    }
}
///Builds a [`Contract`]. A required field that is not set is a compile error.
#[must_use = "a builder does nothing until `create` or `build`"]
#[allow(dead_code)]
pub struct ContractBuilder<
    S0 = ::model_runtime::__private::Unset<__contract_fields::title>,
> {
    draft: ContractDraft,
    state: ::core::marker::PhantomData<fn() -> (S0,)>,
}
impl Contract {
    ///Starts a new [`Contract`].
    pub fn builder() -> ContractBuilder {
        use ::model_runtime::__private::absent as a;
        ContractBuilder {
            draft: ContractDraft {
                id: a(),
                title: a(),
            },
            state: ::core::marker::PhantomData,
        }
    }
}
#[allow(dead_code)]
impl<S0> ContractBuilder<S0> {
    ///The key.
    pub fn id(
        mut self,
        value: impl ::core::convert::Into<::model_runtime::__private::Uuid>,
    ) -> Self {
        self.draft.id.replace(value.into());
        self
    }
    ///Sets `title`.
    pub fn title(
        mut self,
        value: impl ::core::convert::Into<String>,
    ) -> ContractBuilder<::model_runtime::__private::Set> {
        self.draft.title.replace(value.into());
        ContractBuilder {
            draft: self.draft,
            state: ::core::marker::PhantomData,
        }
    }
    /// The row, not yet in the database.
    pub fn build(self) -> Contract
    where
        S0: ::model_runtime::__private::Given<__contract_fields::title>,
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
    ) -> ::model_runtime::__private::BoxFuture<'c, ::model_runtime::Result<Contract>>
    where
        S0: ::model_runtime::__private::Given<__contract_fields::title>,
        D: ::model_runtime::Db<'c, ::model_runtime::Create<Contract>, Out = Contract>
            + 'c,
    {
        ::std::boxed::Box::pin(
            ::model_runtime::Db::run(db, ::model_runtime::Create::new(self.build())),
        )
    }
}
impl ::model_runtime::Model for Contract {
    type Id = ::model_runtime::__private::Uuid;
    type Columns = ContractColumns;
    type ColumnsOf<R, P: ::model_runtime::Presence> = ContractColumns<R, P>;
    type Presence = ::model_runtime::Always;
    const TABLE: &'static ::model_runtime::TableDef = {
        use ::model_runtime::{FieldType as __F, Role as __R};
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            columns: &[
                (<::model_runtime::__private::Uuid as __F>::COLUMN
                    .named("id")
                    .role(__R::Key)
                    .doc("The key."))
                    .checked(),
                (<String as __F>::COLUMN.named("title")).checked(),
                (<::core::primitive::i64 as __F>::COLUMN
                    .named("version")
                    .role(__R::Version)
                    .default("1")
                    .doc("How often the row was written."))
                    .checked(),
            ],
            ..::model_runtime::TableDef::new(
                "contracts",
                ::core::concat!(::core::env!("CARGO_PKG_NAME"), ".", "contract"),
                "Contract",
            )
        };
        &TABLE
    };
    const COLUMNS: ContractColumns = ContractColumns::__at(::model_runtime::Path::ROOT);
    const STATEMENTS: &'static ::model_runtime::Statements = &::model_runtime::Statements {
        insert: "INSERT INTO \"contracts\" (\"id\", \"title\", \"version\") VALUES ($1, $2, $3)",
        update: "UPDATE \"contracts\" SET \"title\" = $2, \"version\" = \"version\" + 1 WHERE \"id\" = $1 AND \"version\" = $3 AND (\"title\" IS DISTINCT FROM $2)",
        remove: "DELETE FROM \"contracts\" WHERE \"id\" = $1",
        ..::model_runtime::Statements::reading(
            "SELECT t.\"id\", t.\"title\", t.\"version\" FROM \"contracts\" AS t WHERE \"id\" = $1",
            59,
            75,
        )
    };
    fn id(&self) -> ::model_runtime::__private::Uuid {
        self.id
    }
    fn set_id(&mut self, id: ::model_runtime::__private::Uuid) {
        self.id = id;
    }
    fn repr(&self) -> ::std::string::String {
        ::std::format!("Contract {}", ::model_runtime::Model::id(self))
    }
    fn value(&self, column: usize) -> ::model_runtime::Value<'_> {
        use ::model_runtime::FieldType as __F;
        match column {
            0 => __F::to_value(&self.id),
            1 => __F::to_value(&self.title),
            2 => __F::to_value(&self.version),
            _ => ::model_runtime::__private::no_column(),
        }
    }
    fn columns_at<R, P: ::model_runtime::Presence>(
        path: ::model_runtime::Path,
    ) -> ContractColumns<R, P> {
        ContractColumns::__at(path)
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
            version: __F::read_from::<B>(row, at + 2, &columns[2])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        __F::normalise(&mut self.id, &columns[0]);
        __F::normalise(&mut self.title, &columns[1]);
        __F::normalise(&mut self.version, &columns[2]);
    }
    fn prepare(
        &mut self,
        write: &mut ::model_runtime::Write,
    ) -> ::model_runtime::Result<()> {
        if let ::model_runtime::WriteEvent::Insert = write.event {
            self.version = 1;
        }
        ::core::result::Result::Ok(())
    }
    fn touch(&mut self, time: ::model_runtime::__private::Time) {
        self.version += 1;
    }
}
impl ::model_runtime::Writable for Contract {
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
impl ::model_runtime::Hooks for Contract {}
impl ::model_runtime::versioned::Versioned for Contract {
    fn version(&self) -> ::core::primitive::i64 {
        self.version
    }
}
const _: () = {
    #[allow(unused_imports)]
    use ::std::prelude::rust_2024::*;
    #[allow(dead_code, unused_variables, unreachable_code, clippy::all)]
    fn check() {
        use ::model_runtime::checked::column as __c;
        let (db, row) = ::model_runtime::checked::record(
            ::sqlx::query!("SELECT * FROM \"contracts\""),
        );
        __c::<::model_runtime::__private::Uuid, _, _>(db, &row.id);
        __c::<String, _, _>(db, &row.title);
        __c::<::core::primitive::i64, _, _>(db, &row.version);
        let _ = ::sqlx::query_unchecked!(
            "INSERT INTO \"contracts\" (\"id\", \"title\", \"version\") SELECT \"id\", \"title\", \"version\" FROM \"contracts\" AS t WHERE FALSE"
        );
        let _ = ::sqlx::query_unchecked!(
            "UPDATE \"contracts\" SET \"title\" = \"title\", \"version\" = \"version\" WHERE FALSE OR \"title\" IS DISTINCT FROM \"title\""
        );
        let _ = ::sqlx::query_unchecked!(
            "DELETE FROM \"contracts\" WHERE \"id\" IS NULL"
        );
    }
};
