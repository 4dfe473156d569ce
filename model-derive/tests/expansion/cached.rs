#[mixins]
#[derive(Model)]
#[cached(ttl = 60, max = 500)]
pub struct Country {
    #[column(unique)]
    pub name: String,
    pub capital: Option<String>,
}
