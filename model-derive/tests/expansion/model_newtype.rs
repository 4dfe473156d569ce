#[derive(Debug, Clone, ModelNewtype)]
pub struct Email(String);
