///The columns of [`Category`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code, missing_docs)]
pub struct CategoryColumns<
    R = Category,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    pub id: ::model_runtime::Column<R, P::Of<Uuid>>,
    pub name: ::model_runtime::Column<R, P::Of<String>>,
    pub position: ::model_runtime::Column<R, P::Of<i32>>,
    pub parent_id: ::model_runtime::Column<R, Option<Uuid>>,
    __path: ::model_runtime::Path,
}
impl<R, P: ::model_runtime::Presence> ::core::marker::Copy for CategoryColumns<R, P> {}
impl<R, P: ::model_runtime::Presence> ::core::clone::Clone for CategoryColumns<R, P> {
    fn clone(&self) -> Self {
        *self
    }
}
#[allow(dead_code)]
impl<R, P: ::model_runtime::Presence> CategoryColumns<R, P> {
    const fn __at(path: ::model_runtime::Path) -> Self {
        use ::model_runtime::Column as C;
        let columns = <Category as ::model_runtime::Model>::TABLE.columns;
        Self {
            id: C::new(&columns[0], path),
            name: C::new(&columns[1], path),
            position: C::new(&columns[2], path),
            parent_id: C::new(&columns[3], path),
            __path: path,
        }
    }
    ///The columns of the row that `parent_id` refers to.
    pub fn parent(
        self,
    ) -> <Category as ::model_runtime::Model>::ColumnsOf<R, ::model_runtime::Maybe> {
        <Category as ::model_runtime::Model>::columns_at(
            self.__path.to(&<Category as ::model_runtime::Model>::TABLE.columns[3usize]),
        )
    }
}
impl<R: 'static, P: ::model_runtime::Presence> ::model_runtime::Related<R>
for CategoryColumns<R, P>
where
    P::Of<Category>: ::core::marker::Send,
{
    type Out = P::Of<Category>;
    fn paths(&self) -> ::std::vec::Vec<::model_runtime::Path> {
        ::core::convert::Into::into([self.__path])
    }
    fn width(&self) -> usize {
        <Category as ::model_runtime::Model>::TABLE.columns.len()
    }
    fn read<B: ::model_runtime::Backend>(
        &self,
        row: &B::Row,
        at: usize,
    ) -> ::model_runtime::__private::sqlx::Result<P::Of<Category>> {
        ::model_runtime::read_related::<B, Category, P>(self.__path, row, at)
    }
}
#[doc(hidden)]
#[allow(missing_debug_implementations, missing_docs, non_camel_case_types)]
pub mod __category_fields {
    pub struct name;
}
#[doc(hidden)]
pub struct CategoryDraft {
    id: ::core::option::Option<Uuid>,
    name: ::core::option::Option<String>,
    position: ::core::option::Option<i32>,
    parent_id: ::core::option::Option<Option<Uuid>>,
}
impl CategoryDraft {
    fn build(self) -> Category {
        Category {
            id: self.id.unwrap_or_else(|| ::model_runtime::__private::Uuid::now_v7()),
            name: ::model_runtime::__private::given(self.name),
            position: self.position.unwrap_or_else(|| 0),
            parent_id: self.parent_id.flatten(),
        }
    }
}
///Builds a [`Category`]. A required field that is not set is a compile error.
#[must_use = "a builder does nothing until `create` or `build`"]
#[allow(dead_code)]
pub struct CategoryBuilder<
    S0 = ::model_runtime::__private::Unset<__category_fields::name>,
> {
    draft: CategoryDraft,
    state: ::core::marker::PhantomData<fn() -> (S0,)>,
}
impl Category {
    ///Starts a new [`Category`].
    pub fn builder() -> CategoryBuilder {
        use ::model_runtime::__private::absent as a;
        CategoryBuilder {
            draft: CategoryDraft {
                id: a(),
                name: a(),
                position: a(),
                parent_id: a(),
            },
            state: ::core::marker::PhantomData,
        }
    }
}
#[allow(dead_code)]
impl<S0> CategoryBuilder<S0> {
    ///Sets `id`.
    pub fn id(mut self, value: impl ::core::convert::Into<Uuid>) -> Self {
        self.draft.id.replace(value.into());
        self
    }
    ///The name.
    pub fn name(
        mut self,
        value: impl ::core::convert::Into<String>,
    ) -> CategoryBuilder<::model_runtime::__private::Set> {
        self.draft.name.replace(value.into());
        CategoryBuilder {
            draft: self.draft,
            state: ::core::marker::PhantomData,
        }
    }
    ///Sets `position`.
    pub fn position(mut self, value: i32) -> Self {
        self.draft.position.replace(value);
        self
    }
    ///Sets `parent_id`.
    pub fn parent_id(mut self, value: impl ::core::convert::Into<Option<Uuid>>) -> Self {
        self.draft.parent_id.replace(value.into());
        self
    }
    /// The row, not yet in the database.
    pub fn build(self) -> Category
    where
        S0: ::model_runtime::__private::Given<__category_fields::name>,
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
    ) -> ::model_runtime::__private::BoxFuture<'c, ::model_runtime::Result<Category>>
    where
        S0: ::model_runtime::__private::Given<__category_fields::name>,
        D: ::model_runtime::Db<'c, ::model_runtime::Create<Category>, Out = Category>
            + 'c,
    {
        ::std::boxed::Box::pin(
            ::model_runtime::Db::run(db, ::model_runtime::Create::new(self.build())),
        )
    }
}
impl ::model_runtime::Model for Category {
    type Id = Uuid;
    type Columns = CategoryColumns;
    type ColumnsOf<R, P: ::model_runtime::Presence> = CategoryColumns<R, P>;
    type Presence = ::model_runtime::Always;
    const TABLE: &'static ::model_runtime::TableDef = {
        use ::model_runtime::IndexDef as __I;
        use ::model_runtime::{FieldType as __F, Role as __R};
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            columns: &[
                (<Uuid as __F>::COLUMN.named("id").role(__R::Key)).checked(),
                (<String as __F>::COLUMN.named("name").max_length(100).doc("The name."))
                    .checked(),
                (<i32 as __F>::COLUMN
                    .named("order")
                    .field("position")
                    .default("0")
                    .check("\"order\" >= 0"))
                    .checked(),
                (<Option<Uuid> as __F>::COLUMN
                    .named("parent_id")
                    .references(
                        <Category as ::model_runtime::Model>::table,
                        ::model_runtime::OnDelete::SetNull,
                    ))
                    .checked(),
            ],
            doc: "A category.",
            indexes: &[
                __I::new("categories_name_key", &["\"name\""]).unique(),
                __I::new("categories_parent_id_idx", &["\"parent_id\""]),
                __I::new(
                    "categories_name_order_desc_idx",
                    &["\"name\"", "\"order\" DESC"],
                ),
            ],
            display: ::core::option::Option::Some("name"),
            ..::model_runtime::TableDef::new(
                "categories",
                ::core::concat!(::core::env!("CARGO_PKG_NAME"), ".", "category"),
                "Category",
            )
        };
        &TABLE
    };
    const COLUMNS: CategoryColumns = CategoryColumns::__at(::model_runtime::Path::ROOT);
    const STATEMENTS: &'static ::model_runtime::Statements = &::model_runtime::Statements {
        insert: "INSERT INTO \"categories\" (\"id\", \"name\", \"order\", \"parent_id\") VALUES ($1, $2, $3, $4)",
        update: "UPDATE \"categories\" SET \"name\" = $2, \"order\" = $3, \"parent_id\" = $4 WHERE \"id\" = $1 AND (\"name\" IS DISTINCT FROM $2 OR \"order\" IS DISTINCT FROM $3 OR \"parent_id\" IS DISTINCT FROM $4)",
        remove: "DELETE FROM \"categories\" WHERE \"id\" = $1",
        ..::model_runtime::Statements::reading(
            "SELECT t.\"id\", t.\"name\", t.\"order\", t.\"parent_id\" FROM \"categories\" AS t WHERE \"id\" = $1",
            72,
            88,
        )
    };
    fn id(&self) -> Uuid {
        self.id
    }
    fn set_id(&mut self, id: Uuid) {
        self.id = id;
    }
    fn repr(&self) -> ::std::string::String {
        ::std::string::ToString::to_string(&self.name)
    }
    fn value(&self, column: usize) -> ::model_runtime::Value<'_> {
        use ::model_runtime::FieldType as __F;
        match column {
            0 => __F::to_value(&self.id),
            1 => __F::to_value(&self.name),
            2 => __F::to_value(&self.position),
            3 => __F::to_value(&self.parent_id),
            _ => ::model_runtime::__private::no_column(),
        }
    }
    fn columns_at<R, P: ::model_runtime::Presence>(
        path: ::model_runtime::Path,
    ) -> CategoryColumns<R, P> {
        CategoryColumns::__at(path)
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
            position: __F::read_from::<B>(row, at + 2, &columns[2])?,
            parent_id: __F::read_from::<B>(row, at + 3, &columns[3])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        __F::normalise(&mut self.id, &columns[0]);
        __F::normalise(&mut self.name, &columns[1]);
        __F::normalise(&mut self.position, &columns[2]);
        __F::normalise(&mut self.parent_id, &columns[3]);
    }
}
impl ::model_runtime::Writable for Category {
    fn of_fields(fields: &mut ::model_runtime::Fields) -> ::core::option::Option<Self> {
        use ::model_runtime::FieldType as __F;
        let mut row = Self::builder().draft;
        fields
            .make(
                &["name"],
                &mut [
                    __F::draft(&mut row.name),
                    __F::draft(&mut row.position),
                    __F::draft(&mut row.parent_id),
                ],
            )
            .then(|| row.build())
    }
    fn set_fields(&mut self, fields: &mut ::model_runtime::Fields) {
        use ::model_runtime::FieldType as __F;
        fields
            .assign(
                &mut [
                    __F::assign(&mut self.name),
                    __F::assign(&mut self.position),
                    __F::assign(&mut self.parent_id),
                ],
            )
    }
}
impl ::model_runtime::Hooks for Category {}
impl ::core::fmt::Display for Category {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::core::fmt::Display::fmt(&self.name, f)
    }
}
const _: () = {
    let _: fn(Uuid) -> <Category as ::model_runtime::Model>::Id = |key| key;
};
::model_runtime::__private::inventory::submit! {
    ::model_runtime::__private::Referring(< Category as ::model_runtime::Model > ::table)
}
