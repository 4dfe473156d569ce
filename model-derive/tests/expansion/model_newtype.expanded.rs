impl ::model_runtime::FieldType for Email {
    const KIND: ::model_runtime::Kind = <String as ::model_runtime::FieldType>::KIND;
    const CHOICES: &'static [&'static str] = <String as ::model_runtime::FieldType>::CHOICES;
    fn to_value(&self) -> ::model_runtime::Value<'_> {
        <String as ::model_runtime::FieldType>::to_value(&self.0)
    }
    fn read<'r, R: ::model_runtime::ColumnReader<'r>>(
        reader: R,
        column: &::model_runtime::ColumnDef,
    ) -> ::core::result::Result<Self, ::model_runtime::BoxError> {
        ::core::result::Result::Ok(
            Self(<String as ::model_runtime::FieldType>::read(reader, column)?),
        )
    }
    fn normalise(&mut self, column: &::model_runtime::ColumnDef) {
        <String as ::model_runtime::FieldType>::normalise(&mut self.0, column);
    }
}
impl<DB, C> ::model_runtime::checked::Fits<DB, C> for Email
where
    String: ::model_runtime::checked::Fits<DB, C>,
{}
impl ::model_runtime::TextType for Email {}
