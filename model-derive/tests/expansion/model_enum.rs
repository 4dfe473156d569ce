#[derive(Debug, Clone, Copy, ModelEnum)]
pub enum Color {
    Red,
    #[choice(value = "dk", label = "Dark blue")]
    DarkBlue,
}
