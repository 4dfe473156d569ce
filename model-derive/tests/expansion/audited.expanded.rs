///The columns of [`Vault`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code, missing_docs)]
pub struct VaultColumns<
    R = Vault,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    pub id: ::model_runtime::Column<R, P::Of<i64>>,
    pub password: ::model_runtime::Column<R, P::Of<String>>,
    pub pin: ::model_runtime::Column<R, P::Of<i32>>,
    __path: ::model_runtime::Path,
}
impl<R, P: ::model_runtime::Presence> ::core::marker::Copy for VaultColumns<R, P> {}
impl<R, P: ::model_runtime::Presence> ::core::clone::Clone for VaultColumns<R, P> {
    fn clone(&self) -> Self {
        *self
    }
}
#[allow(dead_code)]
impl<R, P: ::model_runtime::Presence> VaultColumns<R, P> {
    const fn __at(path: ::model_runtime::Path) -> Self {
        use ::model_runtime::Column as C;
        let columns = <Vault as ::model_runtime::Model>::TABLE.columns;
        Self {
            id: C::new(&columns[0], path),
            password: C::new(&columns[1], path),
            pin: C::new(&columns[2], path),
            __path: path,
        }
    }
}
impl<R: 'static, P: ::model_runtime::Presence> ::model_runtime::Related<R>
for VaultColumns<R, P>
where
    P::Of<Vault>: ::core::marker::Send,
{
    type Out = P::Of<Vault>;
    fn paths(&self) -> ::std::vec::Vec<::model_runtime::Path> {
        ::core::convert::Into::into([self.__path])
    }
    fn width(&self) -> usize {
        <Vault as ::model_runtime::Model>::TABLE.columns.len()
    }
    fn read<B: ::model_runtime::Backend>(
        &self,
        row: &B::Row,
        at: usize,
    ) -> ::model_runtime::__private::sqlx::Result<P::Of<Vault>> {
        ::model_runtime::read_related::<B, Vault, P>(self.__path, row, at)
    }
}
#[doc(hidden)]
#[allow(missing_debug_implementations, missing_docs, non_camel_case_types)]
pub mod __vault_fields {
    pub struct password;
    pub struct pin;
}
#[doc(hidden)]
pub struct VaultDraft {
    password: ::core::option::Option<String>,
    pin: ::core::option::Option<i32>,
}
impl VaultDraft {
    fn build(self) -> Vault {
        Vault {
            id: 0,
            password: ::model_runtime::__private::given(self.password),
            pin: ::model_runtime::__private::given(self.pin),
        }
    }
}
///Builds a [`Vault`]. A required field that is not set is a compile error.
#[must_use = "a builder does nothing until `create` or `build`"]
#[allow(dead_code)]
pub struct VaultBuilder<
    S0 = ::model_runtime::__private::Unset<__vault_fields::password>,
    S1 = ::model_runtime::__private::Unset<__vault_fields::pin>,
> {
    draft: VaultDraft,
    state: ::core::marker::PhantomData<fn() -> (S0, S1)>,
}
impl Vault {
    ///Starts a new [`Vault`].
    pub fn builder() -> VaultBuilder {
        use ::model_runtime::__private::absent as a;
        VaultBuilder {
            draft: VaultDraft {
                password: a(),
                pin: a(),
            },
            state: ::core::marker::PhantomData,
        }
    }
}
#[allow(dead_code)]
impl<S0, S1> VaultBuilder<S0, S1> {
    ///Sets `password`.
    pub fn password(
        mut self,
        value: impl ::core::convert::Into<String>,
    ) -> VaultBuilder<::model_runtime::__private::Set, S1> {
        self.draft.password.replace(value.into());
        VaultBuilder {
            draft: self.draft,
            state: ::core::marker::PhantomData,
        }
    }
    ///Sets `pin`.
    pub fn pin(
        mut self,
        value: i32,
    ) -> VaultBuilder<S0, ::model_runtime::__private::Set> {
        self.draft.pin.replace(value);
        VaultBuilder {
            draft: self.draft,
            state: ::core::marker::PhantomData,
        }
    }
    /// The row, not yet in the database.
    pub fn build(self) -> Vault
    where
        S0: ::model_runtime::__private::Given<__vault_fields::password>,
        S1: ::model_runtime::__private::Given<__vault_fields::pin>,
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
    ) -> ::model_runtime::__private::BoxFuture<'c, ::model_runtime::Result<Vault>>
    where
        S0: ::model_runtime::__private::Given<__vault_fields::password>,
        S1: ::model_runtime::__private::Given<__vault_fields::pin>,
        D: ::model_runtime::Db<'c, ::model_runtime::Create<Vault>, Out = Vault> + 'c,
    {
        ::std::boxed::Box::pin(
            ::model_runtime::Db::run(db, ::model_runtime::Create::new(self.build())),
        )
    }
}
impl ::model_runtime::Model for Vault {
    type Id = i64;
    type Columns = VaultColumns;
    type ColumnsOf<R, P: ::model_runtime::Presence> = VaultColumns<R, P>;
    type Presence = ::model_runtime::Always;
    const TABLE: &'static ::model_runtime::TableDef = {
        use ::model_runtime::{FieldType as __F, Role as __R};
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            columns: &[
                (<i64 as __F>::COLUMN.named("id").role(__R::Key)).checked(),
                (<String as __F>::COLUMN
                    .named("password")
                    .recording(::model_runtime::record::Recording::Mask))
                    .checked(),
                (<i32 as __F>::COLUMN
                    .named("pin")
                    .recording(::model_runtime::record::Recording::Mask))
                    .checked(),
            ],
            doc: "A secret, changed only by somebody with a name.",
            record: ::model_runtime::record::RecordDef {
                log: ::core::option::Option::None,
                journal: ::core::option::Option::Some(::model_runtime::record::JournalDef {
                    table: "audit_logs",
                    entry: ::model_runtime::audit::entry_of_actor,
                }),
            },
            ..::model_runtime::TableDef::new(
                "vaults",
                ::core::concat!(::core::env!("CARGO_PKG_NAME"), ".", "vault"),
                "Vault",
            )
        };
        &TABLE
    };
    const COLUMNS: VaultColumns = VaultColumns::__at(::model_runtime::Path::ROOT);
    const STATEMENTS: &'static ::model_runtime::Statements = &::model_runtime::Statements {
        insert: "INSERT INTO \"vaults\" (\"password\", \"pin\") VALUES ($1, $2)",
        update: "UPDATE \"vaults\" SET \"password\" = $2, \"pin\" = $3 WHERE \"id\" = $1 AND (\"password\" IS DISTINCT FROM $2 OR \"pin\" IS DISTINCT FROM $3)",
        remove: "DELETE FROM \"vaults\" WHERE \"id\" = $1",
        ..::model_runtime::Statements::reading(
            "SELECT t.\"id\", t.\"password\", t.\"pin\" FROM \"vaults\" AS t WHERE \"id\" = $1",
            55,
            71,
        )
    };
    fn id(&self) -> i64 {
        self.id
    }
    fn set_id(&mut self, id: i64) {
        self.id = id;
    }
    fn repr(&self) -> ::std::string::String {
        ::std::format!("Vault {}", ::model_runtime::Model::id(self))
    }
    fn value(&self, column: usize) -> ::model_runtime::Value<'_> {
        use ::model_runtime::FieldType as __F;
        match column {
            0 => __F::to_value(&self.id),
            1 => __F::to_value(&self.password),
            2 => __F::to_value(&self.pin),
            _ => ::model_runtime::__private::no_column(),
        }
    }
    fn columns_at<R, P: ::model_runtime::Presence>(
        path: ::model_runtime::Path,
    ) -> VaultColumns<R, P> {
        VaultColumns::__at(path)
    }
    fn read<B: ::model_runtime::Backend>(
        row: &B::Row,
        at: usize,
    ) -> ::model_runtime::__private::sqlx::Result<Self> {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        ::core::result::Result::Ok(Self {
            id: __F::read_from::<B>(row, at + 0, &columns[0])?,
            password: __F::read_from::<B>(row, at + 1, &columns[1])?,
            pin: __F::read_from::<B>(row, at + 2, &columns[2])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        __F::normalise(&mut self.id, &columns[0]);
        __F::normalise(&mut self.password, &columns[1]);
        __F::normalise(&mut self.pin, &columns[2]);
    }
}
impl ::model_runtime::Writable for Vault {
    fn of_fields(fields: &mut ::model_runtime::Fields) -> ::core::option::Option<Self> {
        use ::model_runtime::FieldType as __F;
        let mut row = Self::builder().draft;
        fields
            .make(
                &["password", "pin"],
                &mut [__F::draft(&mut row.password), __F::draft(&mut row.pin)],
            )
            .then(|| row.build())
    }
    fn set_fields(&mut self, fields: &mut ::model_runtime::Fields) {
        use ::model_runtime::FieldType as __F;
        fields.assign(&mut [__F::assign(&mut self.password), __F::assign(&mut self.pin)])
    }
}
impl ::model_runtime::Hooks for Vault {}
impl ::model_runtime::audit::Audited for Vault {}
