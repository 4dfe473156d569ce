#[mixins]
#[derive(Model)]
#[model(unchecked, app = "club")]
#[user]
#[permissions(open_bar, close_bar = "Can close the bar for the night")]
pub struct Member {
    pub club: String,
}
