impl ::model_runtime::FieldType for Color {
    const KIND: ::model_runtime::Kind = ::model_runtime::Kind::Text;
    const CHOICES: &'static [&'static str] = &["red", "dk"];
    fn to_value(&self) -> ::model_runtime::Value<'_> {
        ::model_runtime::Value::Text(
            ::std::borrow::Cow::Borrowed(::model_runtime::ModelEnum::as_str(self)),
        )
    }
    fn read<'r, R: ::model_runtime::ColumnReader<'r>>(
        reader: R,
        _: &::model_runtime::ColumnDef,
    ) -> ::core::result::Result<Self, ::model_runtime::BoxError> {
        ::core::result::Result::Ok(
            <Self as ::core::str::FromStr>::from_str(
                ::model_runtime::ColumnReader::str(reader)?,
            )?,
        )
    }
}
impl ::model_runtime::ModelEnum for Color {
    const VARIANTS: &'static [Self] = &[Self::Red, Self::DarkBlue];
    fn as_str(&self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::DarkBlue => "dk",
        }
    }
    fn label(&self) -> &'static str {
        match self {
            Self::Red => "Red",
            Self::DarkBlue => "Dark blue",
        }
    }
}
impl ::core::fmt::Display for Color {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.pad(::model_runtime::ModelEnum::as_str(self))
    }
}
impl ::core::str::FromStr for Color {
    type Err = ::model_runtime::UnknownChoice;
    fn from_str(
        text: &str,
    ) -> ::core::result::Result<Self, ::model_runtime::UnknownChoice> {
        match text {
            "red" => ::core::result::Result::Ok(Self::Red),
            "dk" => ::core::result::Result::Ok(Self::DarkBlue),
            _ => {
                ::core::result::Result::Err(
                    ::model_runtime::UnknownChoice::new(
                        "Color",
                        text,
                        <Self as ::model_runtime::FieldType>::CHOICES,
                    ),
                )
            }
        }
    }
}
impl<DB> ::model_runtime::checked::Fits<DB, ::std::string::String> for Color {}
