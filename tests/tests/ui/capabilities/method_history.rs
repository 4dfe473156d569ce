use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
struct Post {
    title: String,
}

fn main() {
    let post = Post::builder().title("Title").build();
    post.history();
}
