use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
#[seo(title = title)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
    pub slug: String,
    pub seo_title: String,
    pub seo_description: String,
    pub seo_keywords: String,
}

fn main() {}
