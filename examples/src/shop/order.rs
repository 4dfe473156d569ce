//! An order, from its placing to its end.

use model_runtime::clock;
use model_runtime::prelude::*;
use model_runtime::users::User;
use serde::{Deserialize, Serialize};

use super::{OrderItems, Product, refuse_empty, to_cents};

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ModelEnum)]
pub enum OrderStatus {
    /// Placed, not paid for.
    Pending,
    /// Paid for, being packed.
    Processing,
    /// On its way.
    Shipped,
    /// With the customer.
    Delivered,
    /// Ended before it was shipped; its pieces are in stock again.
    Cancelled,
    /// Ended after it was shipped: the customer has the money back.
    Refunded,
}

impl OrderStatus {
    /// What may come next.
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Pending => &[Self::Processing, Self::Cancelled],
            Self::Processing => &[Self::Shipped, Self::Cancelled],
            Self::Shipped => &[Self::Delivered, Self::Refunded],
            Self::Delivered => &[Self::Refunded],
            Self::Cancelled | Self::Refunded => &[],
        }
    }
}

/// Where the money is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ModelEnum)]
pub enum PaymentStatus {
    /// Not paid.
    Pending,
    /// Paid.
    Paid,
    /// Paid, and paid back.
    Refunded,
}

/// Where somebody gets parcels or bills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Who.
    pub name: String,
    /// The street and the number in it.
    pub street: String,
    /// The city, with its postcode.
    pub city: String,
    /// The country.
    pub country: String,
}

/// What a customer has ordered. [`NewOrder`](super::NewOrder) places it.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "orders", app = "shop", display = order_number, order = "-placed_at", hooks)]
#[timestamps]
#[track_changes(keep = 100)]
#[audited]
#[index(status, placed_at(desc))]
pub struct Order {
    /// The number that the customer knows it by: `ORD-5F3A9C01`. It is made where it is empty.
    #[column(max_length = 50, unique, default)]
    pub order_number: String,
    /// The customer.
    #[belongs_to(User, on_delete = protect, related_name = orders)]
    pub user_id: Uuid,
    /// How far it is. [`update_status`](Self::update_status) changes it.
    #[column(default = OrderStatus::Pending)]
    pub status: OrderStatus,
    /// The price of the items.
    #[column(precision = 10, scale = 2, check = "subtotal >= 0")]
    pub subtotal: Decimal,
    /// The tax on them.
    #[column(precision = 10, scale = 2, check = "tax >= 0")]
    pub tax: Decimal,
    /// What sending them costs.
    #[column(precision = 10, scale = 2, check = "shipping >= 0")]
    pub shipping: Decimal,
    /// What is taken off.
    #[column(precision = 10, scale = 2, default = Decimal::ZERO, check = "discount >= 0")]
    pub discount: Decimal,
    /// What is to be paid. It is computed.
    #[column(precision = 10, scale = 2, default = Decimal::ZERO, check = "total = subtotal + tax + shipping - discount")]
    pub total: Decimal,
    /// Where the parcel goes.
    pub shipping_address: Json<Address>,
    /// Where the bill goes.
    pub billing_address: Json<Address>,
    /// How it is paid.
    #[column(max_length = 50)]
    pub payment_method: String,
    /// Where the money is.
    #[column(default = PaymentStatus::Pending)]
    pub payment_status: PaymentStatus,
    /// The payment's number at the bank.
    #[column(max_length = 100, default)]
    pub transaction_id: String,
    /// What else the customer wants.
    #[column(default)]
    pub notes: String,
    /// When it was placed.
    #[column(default = clock::now())]
    pub placed_at: DateTime<Utc>,
    /// When it was shipped.
    pub shipped_at: Option<DateTime<Utc>>,
    /// When it was delivered.
    pub delivered_at: Option<DateTime<Utc>>,
}

/// What to do about an empty payment method.
pub(super) const PAYMENT_METHOD_CURE: &str = "say how it will be paid, such as card";

impl Hooks for Order {
    fn before_save(&mut self, _event: WriteEvent) -> Result<()> {
        if self.order_number.is_empty() {
            let random = Uuid::new_v4().simple().to_string().to_uppercase();
            self.order_number = format!("ORD-{}", &random[..8]);
        }
        // Each amount is rounded before they are added, so that the bill adds up.
        for amount in [&mut self.subtotal, &mut self.tax, &mut self.shipping, &mut self.discount] {
            *amount = to_cents(*amount);
        }
        self.calculate_total();
        Ok(())
    }

    fn validate(&self, errors: &mut ValidationErrors) {
        refuse_empty("payment_method", &self.payment_method, PAYMENT_METHOD_CURE, errors);
        let Self { subtotal, tax, shipping, discount, .. } = self;
        for (field, amount) in
            [("subtotal", subtotal), ("tax", tax), ("shipping", shipping), ("discount", discount)]
        {
            if *amount < Decimal::ZERO {
                errors.add(field, format!("is {amount}, and must not be negative"));
            }
        }
        if self.total < Decimal::ZERO {
            let price = subtotal + tax + shipping;
            errors.add(
                "discount",
                format!("is {discount}, more than the price of all, {price}; take off less"),
            );
        }
    }
}

impl Order {
    /// Computes the total, and returns it: subtotal + tax + shipping − discount.
    pub fn calculate_total(&mut self) -> Decimal {
        self.total = self.subtotal + self.tax + self.shipping - self.discount;
        self.total
    }

    /// Whether nothing more will be done: it is delivered, cancelled or refunded.
    pub fn is_completed(&self) -> bool {
        matches!(self.status, OrderStatus::Delivered | OrderStatus::Cancelled | OrderStatus::Refunded)
    }

    /// Takes the payment, by its number at the bank: the order is processing. Returns `false` where it is already.
    ///
    /// # Errors
    /// As [`update_status`](Self::update_status).
    pub async fn pay(&mut self, transaction_id: &str, db: &Pool) -> Result<bool> {
        self.change(OrderStatus::Processing, transaction_id, db).await
    }

    /// Takes the order to another status, with all that this means for its times, its payment and the stock. Returns `false`
    /// where it has that status already. The struct then holds what the row holds.
    ///
    /// # Errors
    /// [`Error::InvalidTransition`] where [`OrderStatus::next`] does not allow it, [`Error::Validation`] where a stock cannot
    /// hold the pieces that come back, [`Error::NotFound`] where the order is gone. Nothing is written then.
    pub async fn update_status(&mut self, status: OrderStatus, db: &Pool) -> Result<bool> {
        self.change(status, "", db).await
    }

    async fn change(&mut self, to: OrderStatus, transaction_id: &str, db: &Pool) -> Result<bool> {
        let mut transaction = db.begin().await?;
        // Whoever else changes the order waits here, and then sees this change.
        let this = Self::objects().filter(|o| o.id.eq(self.id)).select_for_update();
        let mut order = this.get(&mut transaction).await?;
        let from = order.status;
        if from == to {
            *self = order;
            return Ok(false);
        }
        if !from.next().contains(&to) {
            let (from, to) = (from.as_str(), to.as_str());
            return Err(Error::InvalidTransition { model: "Order", from, to });
        }
        order.status = to;
        match to {
            OrderStatus::Pending => {}
            OrderStatus::Processing => {
                order.payment_status = PaymentStatus::Paid;
                order.transaction_id = transaction_id.to_owned();
            }
            OrderStatus::Shipped => order.shipped_at = Some(clock::now()),
            OrderStatus::Delivered => order.delivered_at = Some(clock::now()),
            OrderStatus::Cancelled | OrderStatus::Refunded => {
                if order.payment_status == PaymentStatus::Paid {
                    order.payment_status = PaymentStatus::Refunded;
                }
            }
        }
        order.save(&mut transaction).await?;
        if to == OrderStatus::Cancelled {
            // In the order of their keys, as orders take pieces: no two of them wait for each other.
            let items = order.items().order_by(|item| item.product_id.asc());
            let mut errors = ValidationErrors::new("Order");
            for item in items.fetch_all(&mut transaction).await? {
                let quantity = item.quantity;
                let product = Product::objects().all_with_deleted().filter(|p| p.id.eq(item.product_id));
                let has_room = product.clone().filter(|p| p.stock_quantity.le(i32::MAX - quantity));
                let back = |p: <Product as Model>::Columns| {
                    let stock = p.stock_quantity.set(p.stock_quantity + quantity);
                    (stock, p.sold_count.set(p.sold_count - quantity))
                };
                if has_room.update(back, &mut transaction).await? == 0 {
                    let Product { sku, stock_quantity, .. } = product.get(&mut transaction).await?;
                    let why = format!(
                        "has {stock_quantity} in stock and cannot hold {quantity} more; lower its stock"
                    );
                    errors.add(sku, why);
                }
            }
            errors.into_result()?;
        }
        transaction.commit().await?;
        *self = order;
        Ok(true)
    }
}
