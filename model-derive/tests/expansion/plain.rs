/// A category.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(display = name, unchecked)]
#[index(name, position(desc))]
pub struct Category {
    pub id: Uuid,
    /// The name.
    #[column(max_length = 100, unique)]
    pub name: String,
    #[column(name = "order", default = 0, check = "\"order\" >= 0")]
    pub position: i32,
    #[belongs_to(Category, on_delete = set_null)]
    pub parent_id: Option<Uuid>,
}
