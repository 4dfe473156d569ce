///The columns of [`Category`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code)]
pub struct CategoryColumns<
    R = Category,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    ///The column `id`.
    pub id: ::model_runtime::Column<R, P::Of<Uuid>>,
    ///The column `name`.
    pub name: ::model_runtime::Column<R, P::Of<String>>,
    ///The column `order`.
    pub position: ::model_runtime::Column<R, P::Of<i32>>,
    ///The column `parent_id`.
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
            id: C::new(&columns[0usize], path),
            name: C::new(&columns[1usize], path),
            position: C::new(&columns[2usize], path),
            parent_id: C::new(&columns[3usize], path),
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
        ::std::vec![self.__path]
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
#[allow(non_camel_case_types)]
pub mod __category_fields {
    ///`name`.
    #[derive(::core::fmt::Debug)]
    pub struct name;
}
#[doc(hidden)]
#[derive(::core::default::Default)]
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
            parent_id: self.parent_id.unwrap_or_else(|| ::core::option::Option::None),
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
        CategoryBuilder {
            draft: ::core::default::Default::default(),
            state: ::core::marker::PhantomData,
        }
    }
}
#[allow(dead_code, clippy::needless_update)]
impl<S0> CategoryBuilder<S0> {
    ///Sets `id`.
    pub fn id(mut self, value: impl ::core::convert::Into<Uuid>) -> Self {
        self.draft.id.replace(::core::convert::Into::into(value));
        self
    }
    ///The name.
    pub fn name(
        self,
        value: impl ::core::convert::Into<String>,
    ) -> CategoryBuilder<::model_runtime::__private::Set> {
        CategoryBuilder {
            draft: CategoryDraft {
                name: ::core::option::Option::Some(::core::convert::Into::into(value)),
                ..self.draft
            },
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
        self.draft.parent_id.replace(::core::convert::Into::into(value));
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
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            name: "categories",
            label: ::core::concat!(::core::env!("CARGO_PKG_NAME"), ".", "category"),
            model: "Category",
            doc: "A category.",
            columns: &[
                (<Uuid as ::model_runtime::FieldType>::COLUMN
                    .named("id", "id")
                    .role(::model_runtime::Role::Key))
                    .checked(),
                (<String as ::model_runtime::FieldType>::COLUMN
                    .named("name", "name")
                    .role(::model_runtime::Role::Data)
                    .max_length(100u32)
                    .doc("The name."))
                    .checked(),
                (<i32 as ::model_runtime::FieldType>::COLUMN
                    .named("order", "position")
                    .role(::model_runtime::Role::Data)
                    .default("0")
                    .check("\"order\" >= 0"))
                    .checked(),
                (<Option<Uuid> as ::model_runtime::FieldType>::COLUMN
                    .named("parent_id", "parent_id")
                    .role(::model_runtime::Role::Data)
                    .references(
                        <Category as ::model_runtime::Model>::table,
                        ::model_runtime::OnDelete::SetNull,
                    ))
                    .checked(),
            ],
            key: 0usize,
            indexes: &[
                ::model_runtime::IndexDef {
                    name: "categories_name_key",
                    parts: &["\"name\""],
                    unique: true,
                    filter: ::core::option::Option::None,
                },
                ::model_runtime::IndexDef {
                    name: "categories_parent_id_idx",
                    parts: &["\"parent_id\""],
                    unique: false,
                    filter: ::core::option::Option::None,
                },
                ::model_runtime::IndexDef {
                    name: "categories_name_order_desc_idx",
                    parts: &["\"name\"", "\"order\" DESC"],
                    unique: false,
                    filter: ::core::option::Option::None,
                },
            ],
            scopes: &[],
            order: &[],
            delete: ::model_runtime::Delete::Remove,
            display: ::core::option::Option::Some("name"),
            record: ::model_runtime::record::RecordDef::NONE,
            cache: ::core::option::Option::None,
            companions: &[],
            permissions: &[],
        };
        &TABLE
    };
    const COLUMNS: CategoryColumns = CategoryColumns::__at(::model_runtime::Path::ROOT);
    const STATEMENTS: &'static ::model_runtime::Statements = &::model_runtime::Statements {
        select: "SELECT t.\"id\", t.\"name\", t.\"order\", t.\"parent_id\" FROM \"categories\" AS t",
        get: "SELECT t.\"id\", t.\"name\", t.\"order\", t.\"parent_id\" FROM \"categories\" AS t WHERE \"id\" = $1",
        reload: "SELECT t.\"id\", t.\"name\", t.\"order\", t.\"parent_id\" FROM \"categories\" AS t WHERE \"id\" = $1",
        insert: "INSERT INTO \"categories\" (\"id\", \"name\", \"order\", \"parent_id\") VALUES ($1, $2, $3, $4)",
        generated: ::core::option::Option::None,
        update: "UPDATE \"categories\" SET \"name\" = $2, \"order\" = $3, \"parent_id\" = $4 WHERE \"id\" = $1 AND (\"name\" IS DISTINCT FROM $2 OR \"order\" IS DISTINCT FROM $3 OR \"parent_id\" IS DISTINCT FROM $4)",
        remove: "DELETE FROM \"categories\" WHERE \"id\" = $1",
        delete: ::core::option::Option::None,
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
            0usize => <Uuid as __F>::to_value(&self.id),
            1usize => <String as __F>::to_value(&self.name),
            2usize => <i32 as __F>::to_value(&self.position),
            3usize => <Option<Uuid> as __F>::to_value(&self.parent_id),
            _ => ::core::unreachable!("there are no more columns"),
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
            id: <Uuid as __F>::read_from::<B>(row, at + 0usize, &columns[0usize])?,
            name: <String as __F>::read_from::<B>(row, at + 1usize, &columns[1usize])?,
            position: <i32 as __F>::read_from::<B>(row, at + 2usize, &columns[2usize])?,
            parent_id: <Option<
                Uuid,
            > as __F>::read_from::<B>(row, at + 3usize, &columns[3usize])?,
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        <Uuid as __F>::normalise(&mut self.id, &columns[0usize]);
        <String as __F>::normalise(&mut self.name, &columns[1usize]);
        <i32 as __F>::normalise(&mut self.position, &columns[2usize]);
        <Option<Uuid> as __F>::normalise(&mut self.parent_id, &columns[3usize]);
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
                    <String as __F>::draft(&mut row.name),
                    <i32 as __F>::draft(&mut row.position),
                    <Option<Uuid> as __F>::draft(&mut row.parent_id),
                ],
            )
            .then(|| row.build())
    }
    fn set_fields(&mut self, fields: &mut ::model_runtime::Fields) {
        use ::model_runtime::FieldType as __F;
        fields
            .assign(
                &mut [
                    <String as __F>::assign(&mut self.name),
                    <i32 as __F>::assign(&mut self.position),
                    <Option<Uuid> as __F>::assign(&mut self.parent_id),
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
