#[mixins]
#[derive(Model)]
#[versioned]
pub struct Contract {
    pub title: String,
}
