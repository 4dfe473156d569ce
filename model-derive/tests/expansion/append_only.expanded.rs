///The columns of [`Event`], for `filter`, `order_by`, `update` and `values`.
#[allow(dead_code, missing_docs)]
pub struct EventColumns<
    R = Event,
    P: ::model_runtime::Presence = ::model_runtime::Always,
> {
    pub id: ::model_runtime::Column<R, P::Of<i64>>,
    pub name: ::model_runtime::Column<R, P::Of<String>>,
    __path: ::model_runtime::Path,
}
impl<R, P: ::model_runtime::Presence> ::core::marker::Copy for EventColumns<R, P> {}
impl<R, P: ::model_runtime::Presence> ::core::clone::Clone for EventColumns<R, P> {
    fn clone(&self) -> Self {
        *self
    }
}
#[allow(dead_code)]
impl<R, P: ::model_runtime::Presence> EventColumns<R, P> {
    const fn __at(path: ::model_runtime::Path) -> Self {
        use ::model_runtime::Column as C;
        let columns = <Event as ::model_runtime::Model>::TABLE.columns;
        Self {
            id: C::new(&columns[0], path),
            name: C::new(&columns[1], path),
            __path: path,
        }
    }
}
impl<R: 'static, P: ::model_runtime::Presence> ::model_runtime::Related<R>
for EventColumns<R, P>
where
    P::Of<Event>: ::core::marker::Send,
{
    type Out = P::Of<Event>;
    fn paths(&self) -> ::std::vec::Vec<::model_runtime::Path> {
        ::core::convert::Into::into([self.__path])
    }
    fn width(&self) -> usize {
        <Event as ::model_runtime::Model>::TABLE.columns.len()
    }
    fn read<B: ::model_runtime::Backend>(
        &self,
        row: &B::Row,
        at: usize,
    ) -> ::model_runtime::__private::sqlx::Result<P::Of<Event>> {
        ::model_runtime::read_related::<B, Event, P>(self.__path, row, at)
    }
}
impl ::model_runtime::Model for Event {
    type Id = i64;
    type Columns = EventColumns;
    type ColumnsOf<R, P: ::model_runtime::Presence> = EventColumns<R, P>;
    type Presence = ::model_runtime::Always;
    const TABLE: &'static ::model_runtime::TableDef = {
        use ::model_runtime::{FieldType as __F, Role as __R};
        static TABLE: ::model_runtime::TableDef = ::model_runtime::TableDef {
            columns: &[
                (<i64 as __F>::COLUMN.named("id").role(__R::Key)).checked(),
                (<String as __F>::COLUMN.named("name")).checked(),
            ],
            doc: "What happened, newest first; never changed.",
            order: &[
                ::model_runtime::OrderDef {
                    column: "id",
                    descending: true,
                },
            ],
            companions: &[triggers],
            ..::model_runtime::TableDef::new(
                "events",
                ::core::concat!(::core::env!("CARGO_PKG_NAME"), ".", "event"),
                "Event",
            )
        };
        &TABLE
    };
    const COLUMNS: EventColumns = EventColumns::__at(::model_runtime::Path::ROOT);
    const STATEMENTS: &'static ::model_runtime::Statements = &::model_runtime::Statements {
        insert: "INSERT INTO \"events\" (\"name\") VALUES ($1)",
        update: "UPDATE \"events\" SET \"name\" = $2 WHERE \"id\" = $1 AND (\"name\" IS DISTINCT FROM $2)",
        remove: "DELETE FROM \"events\" WHERE \"id\" = $1",
        ..::model_runtime::Statements::reading(
            "SELECT t.\"id\", t.\"name\" FROM \"events\" AS t WHERE \"id\" = $1",
            42,
            58,
        )
    };
    fn id(&self) -> i64 {
        self.id
    }
    fn set_id(&mut self, id: i64) {
        self.id = id;
    }
    fn repr(&self) -> ::std::string::String {
        ::std::format!("Event {}", ::model_runtime::Model::id(self))
    }
    fn value(&self, column: usize) -> ::model_runtime::Value<'_> {
        use ::model_runtime::FieldType as __F;
        match column {
            0 => __F::to_value(&self.id),
            1 => __F::to_value(&self.name),
            _ => ::model_runtime::__private::no_column(),
        }
    }
    fn columns_at<R, P: ::model_runtime::Presence>(
        path: ::model_runtime::Path,
    ) -> EventColumns<R, P> {
        EventColumns::__at(path)
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
        })
    }
    fn normalise(&mut self) {
        use ::model_runtime::FieldType as __F;
        let columns = Self::TABLE.columns;
        __F::normalise(&mut self.id, &columns[0]);
        __F::normalise(&mut self.name, &columns[1]);
    }
}
impl ::model_runtime::Hooks for Event {}
