use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(unchecked)]
#[versioned]
struct Contract {
    title: String,
}

fn main() {
    let _ = Contract::builder().title("Rent").version(7).build();
}
