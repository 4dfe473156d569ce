use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[track_changes]
struct Post {
    title: String,
}

fn main() {
    Post::builder().title("Title").change_log(ChangeLog::default()).build();
}
