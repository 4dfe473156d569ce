///The columns of [`Vault`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code)]
pub struct VaultColumns<
    R = Vault,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    ///The column `id`.
    pub id: ::model_runtime::Column<R, P::Of<i64>>,
    ///The column `password`.
    pub password: ::model_runtime::Column<R, P::Of<String>>,
    ///The column `pin`.
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
            id: C::new(&columns[0usize], path),
            password: C::new(&columns[1usize], path),
            pin: C::new(&columns[2usize], path),
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
        ::std::vec![self.__path]
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
#[allow(non_camel_case_types)]
pub mod __vault_fields {
    ///`password`.
    #[derive(::core::fmt::Debug)]
    pub struct password;
    ///`pin`.
    #[derive(::core::fmt::Debug)]
    pub struct pin;
}
#[doc(hidden)]
#[derive(::core::default::Default)]
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
        VaultBuilder {
            draft: ::core::default::Default::default(),
            state: ::core::marker::PhantomData,
        }
    }
}
#[allow(dead_code, clippy::needless_update)]
impl<S0, S1> VaultBuilder<S0, S1> {
    ///Sets `password`.
    pub fn password(
        self,
        value: impl ::core::convert::Into<String>,
    ) -> VaultBuilder<::model_runtime::__private::Set, S1> {
        VaultBuilder {
            draft: VaultDraft {
                password: ::core::option::Option::Some(
                    ::core::convert::Into::into(value),
                ),
                ..self.draft
            },
            state: ::core::marker::PhantomData,
        }
    }
    ///Sets `pin`.
    pub fn pin(self, value: i32) -> VaultBuilder<S0, ::model_runtime::__private::Set> {
        VaultBuilder {
            draft: VaultDraft {
                pin: ::core::option::Option::Some(value),
                ..self.draft
            },
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
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            name: "vaults",
            label: ::core::concat!(::core::env!("CARGO_PKG_NAME"), ".", "vault"),
            model: "Vault",
            doc: "A secret, changed only by somebody with a name.",
            columns: &[
                (<i64 as ::model_runtime::FieldType>::COLUMN
                    .named("id", "id")
                    .role(::model_runtime::Role::Key))
                    .checked(),
                (<String as ::model_runtime::FieldType>::COLUMN
                    .named("password", "password")
                    .role(::model_runtime::Role::Data)
                    .recording(::model_runtime::record::Recording::Mask))
                    .checked(),
                (<i32 as ::model_runtime::FieldType>::COLUMN
                    .named("pin", "pin")
                    .role(::model_runtime::Role::Data)
                    .recording(::model_runtime::record::Recording::Mask))
                    .checked(),
            ],
            key: 0usize,
            indexes: &[],
            scopes: &[],
            order: &[],
            delete: ::model_runtime::Delete::Remove,
            display: ::core::option::Option::None,
            record: ::model_runtime::record::RecordDef {
                log: ::core::option::Option::None,
                journal: ::core::option::Option::Some(::model_runtime::record::JournalDef {
                    table: "audit_logs",
                    entry: ::model_runtime::audit::entry_of_actor,
                }),
            },
            cache: ::core::option::Option::None,
            companions: &[],
            permissions: &[],
        };
        &TABLE
    };
    const COLUMNS: VaultColumns = VaultColumns::__at(::model_runtime::Path::ROOT);
    const STATEMENTS: &'static ::model_runtime::Statements = &::model_runtime::Statements {
        select: "SELECT t.\"id\", t.\"password\", t.\"pin\" FROM \"vaults\" AS t",
        get: "SELECT t.\"id\", t.\"password\", t.\"pin\" FROM \"vaults\" AS t WHERE \"id\" = $1",
        reload: "SELECT t.\"id\", t.\"password\", t.\"pin\" FROM \"vaults\" AS t WHERE \"id\" = $1",
        insert: "INSERT INTO \"vaults\" (\"password\", \"pin\") VALUES ($1, $2)",
        generated: ::core::option::Option::None,
        update: "UPDATE \"vaults\" SET \"password\" = $2, \"pin\" = $3 WHERE \"id\" = $1 AND (\"password\" IS DISTINCT FROM $2 OR \"pin\" IS DISTINCT FROM $3)",
        remove: "DELETE FROM \"vaults\" WHERE \"id\" = $1",
        delete: ::core::option::Option::None,
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
            0usize => <i64 as __F>::to_value(&self.id),
            1usize => <String as __F>::to_value(&self.password),
            2usize => <i32 as __F>::to_value(&self.pin),
            _ => ::core::unreachable!("there are no more columns"),
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
            id: <i64 as __F>::read_from::<B>(row, at + 0usize, &columns[0usize])?,
            password: <String as __F>::read_from::<
                B,
            >(row, at + 1usize, &columns[1usize])?,
            pin: <i32 as __F>::read_from::<B>(row, at + 2usize, &columns[2usize])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        <i64 as __F>::normalise(&mut self.id, &columns[0usize]);
        <String as __F>::normalise(&mut self.password, &columns[1usize]);
        <i32 as __F>::normalise(&mut self.pin, &columns[2usize]);
    }
}
impl ::model_runtime::Writable for Vault {
    fn of_fields(fields: &mut ::model_runtime::Fields) -> ::core::option::Option<Self> {
        use ::model_runtime::FieldType as __F;
        let mut row = Self::builder().draft;
        fields
            .make(
                &["password", "pin"],
                &mut [
                    <String as __F>::draft(&mut row.password),
                    <i32 as __F>::draft(&mut row.pin),
                ],
            )
            .then(|| row.build())
    }
    fn set_fields(&mut self, fields: &mut ::model_runtime::Fields) {
        use ::model_runtime::FieldType as __F;
        fields
            .assign(
                &mut [
                    <String as __F>::assign(&mut self.password),
                    <i32 as __F>::assign(&mut self.pin),
                ],
            )
    }
}
impl ::model_runtime::Hooks for Vault {}
impl ::model_runtime::audit::Audited for Vault {}
