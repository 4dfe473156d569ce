//! What customers say of products.

use model_runtime::count;
use model_runtime::prelude::*;
use model_runtime::users::User;

use super::{Product, to_cents};

/// What one customer says of one product.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "reviews", app = "shop", hooks)]
#[timestamps]
#[audited]
#[unique(product_id, user_id)]
pub struct Review {
    /// The product.
    #[belongs_to(Product, on_delete = cascade, related_name = reviews)]
    pub product_id: Uuid,
    /// The customer.
    #[belongs_to(User, on_delete = cascade)]
    pub user_id: Uuid,
    /// From 1 to 5.
    #[column(check = "stars BETWEEN 1 AND 5")]
    pub stars: i16,
    /// Why.
    #[column(default)]
    pub text: String,
}

impl Hooks for Review {
    fn validate(&self, errors: &mut ValidationErrors) {
        if !(1..=5).contains(&self.stars) {
            errors.add("stars", format!("are {}; give 1 to 5", self.stars));
        }
    }
}

impl Product {
    /// Writes a customer's review, over the one that they wrote before, and computes the product's rating of all of them.
    /// Reviews at the same time all count.
    ///
    /// # Errors
    /// [`Error::Validation`] where the stars are not 1 to 5, [`Error::NotFound`] where the product is deleted. Nothing is
    /// written then.
    pub async fn rate(&mut self, user: &User, stars: i16, text: &str, db: &Pool) -> Result<Review> {
        let mut transaction = db.begin().await?;
        // Whoever else reviews the product waits here, and then sees this review.
        let this = Self::objects().filter(|p| p.id.eq(self.id)).select_for_update();
        let mut product = this.get(&mut transaction).await?;
        let review =
            Review::builder().product_id(product.id).user_id(user.id).stars(stars).text(text).build();
        let found = Review::objects().filter(|r| r.product_id.eq(product.id) & r.user_id.eq(user.id));
        let review = match found.first(&mut transaction).await? {
            Some(mut before) => {
                (before.stars, before.text) = (review.stars, review.text);
                before.save(&mut transaction).await?;
                before
            }
            None => {
                let mut review = review;
                review.insert(&mut transaction).await?;
                review
            }
        };
        let (reviews, stars) =
            product.reviews().aggregate(|r| (count(), r.stars.sum()), &mut transaction).await?;
        product.rating = average(stars.unwrap_or_default(), reviews);
        product.review_count = i32::try_from(reviews).unwrap_or(i32::MAX);
        product.save_only(|p| (p.rating, p.review_count), &mut transaction).await?;
        transaction.commit().await?;
        *self = product;
        Ok(review)
    }
}

/// To two digits, halves upwards; 0 of nothing.
fn average(sum: i64, count: i64) -> Decimal {
    to_cents(Decimal::from(sum).checked_div(Decimal::from(count)).unwrap_or_default())
}
