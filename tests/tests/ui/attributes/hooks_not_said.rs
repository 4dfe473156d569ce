use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
}

impl Hooks for Post {
    fn before_save(&mut self, _: WriteEvent) -> Result<()> {
        Ok(())
    }
}

fn main() {}
