#[derive(Model)]
#[cached(ttl = 60, max = 500)]
pub struct Country {
    ///The key.
    pub id: ::model_runtime::__private::Uuid,
    #[column(unique)]
    pub name: String,
    pub capital: Option<String>,
}
///The columns of [`Country`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code, missing_docs)]
pub struct CountryColumns<
    R = Country,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    pub id: ::model_runtime::Column<R, P::Of<::model_runtime::__private::Uuid>>,
    pub name: ::model_runtime::Column<R, P::Of<String>>,
    pub capital: ::model_runtime::Column<R, Option<String>>,
    __path: ::model_runtime::Path,
}
impl<R, P: ::model_runtime::Presence> ::core::marker::Copy for CountryColumns<R, P> {}
impl<R, P: ::model_runtime::Presence> ::core::clone::Clone for CountryColumns<R, P> {
    fn clone(&self) -> Self {
        *self
    }
}
#[allow(dead_code)]
impl<R, P: ::model_runtime::Presence> CountryColumns<R, P> {
    const fn __at(path: ::model_runtime::Path) -> Self {
        use ::model_runtime::Column as C;
        let columns = <Country as ::model_runtime::Model>::TABLE.columns;
        Self {
            id: C::new(&columns[0], path),
            name: C::new(&columns[1], path),
            capital: C::new(&columns[2], path),
            __path: path,
        }
    }
}
impl<R: 'static, P: ::model_runtime::Presence> ::model_runtime::Related<R>
for CountryColumns<R, P>
where
    P::Of<Country>: ::core::marker::Send,
{
    type Out = P::Of<Country>;
    fn paths(&self) -> ::std::vec::Vec<::model_runtime::Path> {
        ::core::convert::Into::into([self.__path])
    }
    fn width(&self) -> usize {
        <Country as ::model_runtime::Model>::TABLE.columns.len()
    }
    fn read<B: ::model_runtime::Backend>(
        &self,
        row: &B::Row,
        at: usize,
    ) -> ::model_runtime::__private::sqlx::Result<P::Of<Country>> {
        ::model_runtime::read_related::<B, Country, P>(self.__path, row, at)
    }
}
#[doc(hidden)]
#[allow(missing_debug_implementations, missing_docs, non_camel_case_types)]
pub mod __country_fields {
    pub struct name;
}
#[doc(hidden)]
pub struct CountryDraft {
    id: ::core::option::Option<::model_runtime::__private::Uuid>,
    name: ::core::option::Option<String>,
    capital: ::core::option::Option<Option<String>>,
}
impl CountryDraft {
    fn build(self) -> Country {
        Country {
            id: self.id.unwrap_or_else(|| ::model_runtime::__private::Uuid::now_v7()),
            name: ::model_runtime::__private::given(self.name),
            capital: self.capital.flatten(),
        }
    }
}
///Builds a [`Country`]. A required field that is not set is a compile error.
#[must_use = "a builder does nothing until `create` or `build`"]
#[allow(dead_code)]
pub struct CountryBuilder<
    S0 = ::model_runtime::__private::Unset<__country_fields::name>,
> {
    draft: CountryDraft,
    state: ::core::marker::PhantomData<fn() -> (S0,)>,
}
impl Country {
    ///Starts a new [`Country`].
    pub fn builder() -> CountryBuilder {
        use ::model_runtime::__private::absent as a;
        CountryBuilder {
            draft: CountryDraft {
                id: a(),
                name: a(),
                capital: a(),
            },
            state: ::core::marker::PhantomData,
        }
    }
}
#[allow(dead_code)]
impl<S0> CountryBuilder<S0> {
    ///The key.
    pub fn id(
        mut self,
        value: impl ::core::convert::Into<::model_runtime::__private::Uuid>,
    ) -> Self {
        self.draft.id.replace(value.into());
        self
    }
    ///Sets `name`.
    pub fn name(
        mut self,
        value: impl ::core::convert::Into<String>,
    ) -> CountryBuilder<::model_runtime::__private::Set> {
        self.draft.name.replace(value.into());
        CountryBuilder {
            draft: self.draft,
            state: ::core::marker::PhantomData,
        }
    }
    ///Sets `capital`.
    pub fn capital(mut self, value: impl ::core::convert::Into<Option<String>>) -> Self {
        self.draft.capital.replace(value.into());
        self
    }
    /// The row, not yet in the database.
    pub fn build(self) -> Country
    where
        S0: ::model_runtime::__private::Given<__country_fields::name>,
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
    ) -> ::model_runtime::__private::BoxFuture<'c, ::model_runtime::Result<Country>>
    where
        S0: ::model_runtime::__private::Given<__country_fields::name>,
        D: ::model_runtime::Db<'c, ::model_runtime::Create<Country>, Out = Country> + 'c,
    {
        ::std::boxed::Box::pin(
            ::model_runtime::Db::run(db, ::model_runtime::Create::new(self.build())),
        )
    }
}
impl ::model_runtime::Model for Country {
    type Id = ::model_runtime::__private::Uuid;
    type Columns = CountryColumns;
    type ColumnsOf<R, P: ::model_runtime::Presence> = CountryColumns<R, P>;
    type Presence = ::model_runtime::Always;
    const TABLE: &'static ::model_runtime::TableDef = {
        use ::model_runtime::IndexDef as __I;
        use ::model_runtime::{FieldType as __F, Role as __R};
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            columns: &[
                (<::model_runtime::__private::Uuid as __F>::COLUMN
                    .named("id")
                    .role(__R::Key)
                    .doc("The key."))
                    .checked(),
                (<String as __F>::COLUMN.named("name")).checked(),
                (<Option<String> as __F>::COLUMN.named("capital")).checked(),
            ],
            indexes: &[__I::new("countries_name_key", &["\"name\""]).unique()],
            cache: ::core::option::Option::Some(::model_runtime::CacheDef {
                ttl: 60u32,
                max: 500u32,
            }),
            ..::model_runtime::TableDef::new(
                "countries",
                ::core::concat!(::core::env!("CARGO_PKG_NAME"), ".", "country"),
                "Country",
            )
        };
        &TABLE
    };
    const COLUMNS: CountryColumns = CountryColumns::__at(::model_runtime::Path::ROOT);
    const STATEMENTS: &'static ::model_runtime::Statements = &::model_runtime::Statements {
        insert: "INSERT INTO \"countries\" (\"id\", \"name\", \"capital\") VALUES ($1, $2, $3)",
        update: "UPDATE \"countries\" SET \"name\" = $2, \"capital\" = $3 WHERE \"id\" = $1 AND (\"name\" IS DISTINCT FROM $2 OR \"capital\" IS DISTINCT FROM $3)",
        remove: "DELETE FROM \"countries\" WHERE \"id\" = $1",
        ..::model_runtime::Statements::reading(
            "SELECT t.\"id\", t.\"name\", t.\"capital\" FROM \"countries\" AS t WHERE \"id\" = $1",
            58,
            74,
        )
    };
    fn id(&self) -> ::model_runtime::__private::Uuid {
        self.id
    }
    fn set_id(&mut self, id: ::model_runtime::__private::Uuid) {
        self.id = id;
    }
    fn repr(&self) -> ::std::string::String {
        ::std::format!("Country {}", ::model_runtime::Model::id(self))
    }
    fn value(&self, column: usize) -> ::model_runtime::Value<'_> {
        use ::model_runtime::FieldType as __F;
        match column {
            0 => __F::to_value(&self.id),
            1 => __F::to_value(&self.name),
            2 => __F::to_value(&self.capital),
            _ => ::model_runtime::__private::no_column(),
        }
    }
    fn columns_at<R, P: ::model_runtime::Presence>(
        path: ::model_runtime::Path,
    ) -> CountryColumns<R, P> {
        CountryColumns::__at(path)
    }
    fn read<B: ::model_runtime::Backend>(
        row: &B::Row,
        at: usize,
    ) -> ::model_runtime::__private::sqlx::Result<Self> {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        ::core::result::Result::Ok(Self {
            id: __F::read_from::<B>(row, at + 0, &columns[0])?,
            name: __F::read_from::<B>(row, at + 1, &columns[1])?,
            capital: __F::read_from::<B>(row, at + 2, &columns[2])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        __F::normalise(&mut self.id, &columns[0]);
        __F::normalise(&mut self.name, &columns[1]);
        __F::normalise(&mut self.capital, &columns[2]);
    }
}
impl ::model_runtime::Writable for Country {
    fn of_fields(fields: &mut ::model_runtime::Fields) -> ::core::option::Option<Self> {
        use ::model_runtime::FieldType as __F;
        let mut row = Self::builder().draft;
        fields
            .make(
                &["name"],
                &mut [__F::draft(&mut row.name), __F::draft(&mut row.capital)],
            )
            .then(|| row.build())
    }
    fn set_fields(&mut self, fields: &mut ::model_runtime::Fields) {
        use ::model_runtime::FieldType as __F;
        fields.assign(&mut [__F::assign(&mut self.name), __F::assign(&mut self.capital)])
    }
}
impl ::model_runtime::Hooks for Country {}
impl ::model_runtime::cached::Cached for Country {
    const STORE: &'static ::model_runtime::cached::Store = {
        static STORE: ::model_runtime::cached::Store = ::model_runtime::cached::Store::new();
        &STORE
    };
    fn decode(
        fields: &mut ::model_runtime::cached::Fields<'_>,
    ) -> ::core::result::Result<Self, ::model_runtime::BoxError> {
        ::core::result::Result::Ok(Self {
            id: fields.read()?,
            name: fields.read()?,
            capital: fields.read()?,
        })
    }
}
const _: () = {
    #[allow(unused_imports)]
    use ::std::prelude::rust_2024::*;
    #[allow(dead_code, unused_variables, unreachable_code, clippy::all)]
    fn check() {
        use ::model_runtime::checked::column as __c;
        let (db, row) = ::model_runtime::checked::record(
            ::sqlx::query!("SELECT * FROM \"countries\""),
        );
        __c::<::model_runtime::__private::Uuid, _, _>(db, &row.id);
        __c::<String, _, _>(db, &row.name);
        __c::<Option<String>, _, _>(db, &row.capital);
        let _ = ::sqlx::query_unchecked!(
            "INSERT INTO \"countries\" (\"id\", \"name\", \"capital\") SELECT \"id\", \"name\", \"capital\" FROM \"countries\" AS t WHERE FALSE"
        );
        let _ = ::sqlx::query_unchecked!(
            "UPDATE \"countries\" SET \"name\" = \"name\", \"capital\" = \"capital\" WHERE FALSE OR \"name\" IS DISTINCT FROM \"name\" OR \"capital\" IS DISTINCT FROM \"capital\""
        );
        let _ = ::sqlx::query_unchecked!(
            "DELETE FROM \"countries\" WHERE \"id\" IS NULL"
        );
    }
};
