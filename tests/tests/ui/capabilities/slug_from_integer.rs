use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
#[seo(slug = views)]
pub struct Post {
    pub id: Uuid,
    pub views: i32,
    pub slug: String,
    pub seo_title: String,
    pub seo_description: String,
    pub seo_keywords: String,
}

fn main() {}
