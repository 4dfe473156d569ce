#[derive(Model)]
#[model(unchecked)]
#[seo(slug = title, title = title, description = content)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
    pub content: String,
    pub slug: String,
    pub seo_title: String,
    pub seo_description: String,
    pub seo_keywords: String,
}
