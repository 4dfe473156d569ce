CREATE TABLE IF NOT EXISTS "product_categories" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" VARCHAR(100) NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL,
    "slug" VARCHAR(255) NOT NULL,
    "seo_title" VARCHAR(60) NOT NULL DEFAULT '',
    "seo_description" VARCHAR(160) NOT NULL DEFAULT '',
    "seo_keywords" VARCHAR(255) NOT NULL DEFAULT ''
);

CREATE INDEX IF NOT EXISTS "product_categories_created_at_desc_id_desc_idx" ON "product_categories" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "product_categories_updated_at_desc_idx" ON "product_categories" ("updated_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "product_categories_slug_key" ON "product_categories" ("slug");

CREATE UNIQUE INDEX IF NOT EXISTS "product_categories_name_key" ON "product_categories" ("name");

CREATE TABLE IF NOT EXISTS "product_categories_slug_history" (
    "slug" TEXT NOT NULL PRIMARY KEY,
    "object_id" UUID NOT NULL REFERENCES "product_categories" ("id") ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS "product_categories_slug_history_object_id_idx" ON "product_categories_slug_history" ("object_id");

CREATE OR REPLACE FUNCTION "product_categories_slug_guard"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD."slug" <> NEW."slug" THEN
        INSERT INTO "product_categories_slug_history" ("slug", "object_id") SELECT OLD."slug", OLD."id" WHERE NOT EXISTS (SELECT 1 FROM "product_categories" AS t WHERE t."slug" = OLD."slug" AND t."id" <> OLD."id") ON CONFLICT ("slug") DO NOTHING;
    END IF;
    IF TRUE THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext('product_categories'), hashtext(NEW."slug") & 255);
        IF EXISTS (SELECT 1 FROM "product_categories_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") THEN
            RAISE unique_violation USING MESSAGE = 'the slug was another row''s', CONSTRAINT = 'product_categories_slug_key', TABLE = 'product_categories', COLUMN = 'slug';
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER "product_categories_slug_guard" AFTER INSERT OR UPDATE OF "slug" ON "product_categories" FOR EACH ROW EXECUTE FUNCTION "product_categories_slug_guard"();

CREATE OR REPLACE FUNCTION "product_categories_slug_alias"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('product_categories'), hashtext(NEW."slug") & 255);
    IF EXISTS (SELECT 1 FROM "product_categories" AS t WHERE t."slug" = NEW."slug" AND t."id" <> NEW."object_id") THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER "product_categories_slug_alias" BEFORE INSERT ON "product_categories_slug_history" FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION "product_categories_slug_alias"();

COMMENT ON TABLE "product_categories" IS 'A part of the shop.';

COMMENT ON COLUMN "product_categories"."id" IS 'The key.';

COMMENT ON COLUMN "product_categories"."name" IS 'The name.';

COMMENT ON COLUMN "product_categories"."created_at" IS 'When the row was made.';

COMMENT ON COLUMN "product_categories"."updated_at" IS 'When the row was last written.';

COMMENT ON COLUMN "product_categories"."slug" IS 'The row''s name in URLs.';

COMMENT ON COLUMN "product_categories"."seo_title" IS 'The title that search engines show.';

COMMENT ON COLUMN "product_categories"."seo_description" IS 'The description that search engines show.';

COMMENT ON COLUMN "product_categories"."seo_keywords" IS 'Keywords for search engines, with commas between them.';

CREATE TABLE IF NOT EXISTS "products" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" VARCHAR(200) NOT NULL,
    "sku" VARCHAR(50) NOT NULL,
    "price" NUMERIC(10, 2) NOT NULL CONSTRAINT "products_price_check" CHECK (price >= 0),
    "sale_price" NUMERIC(10, 2) CONSTRAINT "products_sale_price_check" CHECK (sale_price < price),
    "cost" NUMERIC(10, 2) NOT NULL CONSTRAINT "products_cost_check" CHECK (cost >= 0),
    "stock_quantity" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "products_stock_quantity_check" CHECK (stock_quantity >= 0),
    "low_stock_threshold" INTEGER NOT NULL DEFAULT 5 CONSTRAINT "products_low_stock_threshold_check" CHECK (low_stock_threshold >= 0),
    "category_id" UUID NOT NULL CONSTRAINT "products_category_id_fkey" REFERENCES "product_categories" ("id") ON DELETE RESTRICT,
    "description" TEXT NOT NULL DEFAULT '',
    "specifications" JSONB NOT NULL,
    "weight" NUMERIC(8, 2) CONSTRAINT "products_weight_check" CHECK (weight >= 0),
    "dimensions" VARCHAR(100) NOT NULL DEFAULT '',
    "rating" NUMERIC(3, 2) NOT NULL CONSTRAINT "products_rating_check" CHECK (rating >= 0),
    "review_count" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "products_review_count_check" CHECK (review_count >= 0),
    "sold_count" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "products_sold_count_check" CHECK (sold_count >= 0),
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL,
    "deleted_at" TIMESTAMPTZ,
    "status" TEXT NOT NULL DEFAULT 'draft' CONSTRAINT "products_status_check" CHECK ("status" IN ('draft', 'published', 'archived')),
    "published_at" TIMESTAMPTZ,
    "slug" VARCHAR(255) NOT NULL,
    "seo_title" VARCHAR(60) NOT NULL DEFAULT '',
    "seo_description" VARCHAR(160) NOT NULL DEFAULT '',
    "seo_keywords" VARCHAR(255) NOT NULL DEFAULT ''
);

CREATE INDEX IF NOT EXISTS "products_created_at_desc_id_desc_idx" ON "products" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "products_updated_at_desc_idx" ON "products" ("updated_at" DESC);

CREATE INDEX IF NOT EXISTS "products_created_at_desc_id_desc_8efd_idx" ON "products" ("created_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;

CREATE INDEX IF NOT EXISTS "products_deleted_at_bc66_idx" ON "products" ("deleted_at" NULLS FIRST) WHERE "deleted_at" IS NOT NULL;

CREATE INDEX IF NOT EXISTS "products_status_published_at_desc_idx" ON "products" ("status", "published_at" DESC NULLS LAST);

CREATE INDEX IF NOT EXISTS "products_status_created_at_desc_idx" ON "products" ("status", "created_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "products_slug_key" ON "products" ("slug") WHERE "deleted_at" IS NULL;

CREATE UNIQUE INDEX IF NOT EXISTS "products_sku_key" ON "products" ("sku") WHERE "deleted_at" IS NULL;

CREATE INDEX IF NOT EXISTS "products_category_id_idx" ON "products" ("category_id");

CREATE TABLE IF NOT EXISTS "products_slug_history" (
    "slug" TEXT NOT NULL PRIMARY KEY,
    "object_id" UUID NOT NULL REFERENCES "products" ("id") ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS "products_slug_history_object_id_idx" ON "products_slug_history" ("object_id");

CREATE OR REPLACE FUNCTION "products_slug_guard"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD."slug" <> NEW."slug" THEN
        IF NOT (OLD."deleted_at" IS NULL) THEN
            PERFORM pg_advisory_xact_lock(hashtext('products'), hashtext(OLD."slug") & 255);
        END IF;
        INSERT INTO "products_slug_history" ("slug", "object_id") SELECT OLD."slug", OLD."id" WHERE NOT EXISTS (SELECT 1 FROM "products" AS t WHERE t."slug" = OLD."slug" AND t."id" <> OLD."id" AND t."deleted_at" IS NULL) ON CONFLICT ("slug") DO NOTHING;
    END IF;
    IF NEW."deleted_at" IS NULL THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext('products'), hashtext(NEW."slug") & 255);
        IF EXISTS (SELECT 1 FROM "products_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") THEN
            RAISE unique_violation USING MESSAGE = 'the slug was another row''s', CONSTRAINT = 'products_slug_key', TABLE = 'products', COLUMN = 'slug';
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER "products_slug_guard" AFTER INSERT OR UPDATE OF "slug", "deleted_at" ON "products" FOR EACH ROW EXECUTE FUNCTION "products_slug_guard"();

CREATE OR REPLACE FUNCTION "products_slug_alias"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('products'), hashtext(NEW."slug") & 255);
    IF EXISTS (SELECT 1 FROM "products" AS t WHERE t."slug" = NEW."slug" AND t."id" <> NEW."object_id" AND t."deleted_at" IS NULL) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER "products_slug_alias" BEFORE INSERT ON "products_slug_history" FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION "products_slug_alias"();

COMMENT ON TABLE "products" IS 'A product.';

COMMENT ON COLUMN "products"."id" IS 'The key.';

COMMENT ON COLUMN "products"."name" IS 'The name on the label.';

COMMENT ON COLUMN "products"."sku" IS 'The number by which it is ordered.';

COMMENT ON COLUMN "products"."price" IS 'What a piece costs.';

COMMENT ON COLUMN "products"."sale_price" IS 'What a piece costs while it is on sale: less.';

COMMENT ON COLUMN "products"."cost" IS 'What a piece cost the shop.';

COMMENT ON COLUMN "products"."stock_quantity" IS 'How many pieces there are. [`reduce_stock`](Self::reduce_stock) and [`restock`](Self::restock) move it.';

COMMENT ON COLUMN "products"."low_stock_threshold" IS 'With this many pieces or fewer the stock is low.';

COMMENT ON COLUMN "products"."category_id" IS 'What it is filed under.';

COMMENT ON COLUMN "products"."description" IS 'What it is.';

COMMENT ON COLUMN "products"."specifications" IS 'Its data, by name.';

COMMENT ON COLUMN "products"."weight" IS 'In kilograms.';

COMMENT ON COLUMN "products"."dimensions" IS 'As people write them.';

COMMENT ON COLUMN "products"."rating" IS 'The average of its reviews'' stars; 0 where there are none. [`rate`](Self::rate) computes it.';

COMMENT ON COLUMN "products"."review_count" IS 'How many reviews it has.';

COMMENT ON COLUMN "products"."sold_count" IS 'How many pieces were sold.';

COMMENT ON COLUMN "products"."created_at" IS 'When the row was made.';

COMMENT ON COLUMN "products"."updated_at" IS 'When the row was last written.';

COMMENT ON COLUMN "products"."deleted_at" IS 'When the row was deleted.';

COMMENT ON COLUMN "products"."status" IS 'Where the row stands in its publication.';

COMMENT ON COLUMN "products"."published_at" IS 'When the row was last published.';

COMMENT ON COLUMN "products"."slug" IS 'The row''s name in URLs.';

COMMENT ON COLUMN "products"."seo_title" IS 'The title that search engines show.';

COMMENT ON COLUMN "products"."seo_description" IS 'The description that search engines show.';

COMMENT ON COLUMN "products"."seo_keywords" IS 'Keywords for search engines, with commas between them.';

CREATE TABLE IF NOT EXISTS "reviews" (
    "id" UUID NOT NULL PRIMARY KEY,
    "product_id" UUID NOT NULL CONSTRAINT "reviews_product_id_fkey" REFERENCES "products" ("id") ON DELETE CASCADE,
    "user_id" UUID NOT NULL CONSTRAINT "reviews_user_id_fkey" REFERENCES "users" ("id") ON DELETE CASCADE,
    "stars" SMALLINT NOT NULL CONSTRAINT "reviews_stars_check" CHECK (stars BETWEEN 1 AND 5),
    "text" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL
);

CREATE INDEX IF NOT EXISTS "reviews_created_at_desc_id_desc_idx" ON "reviews" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "reviews_updated_at_desc_idx" ON "reviews" ("updated_at" DESC);

CREATE INDEX IF NOT EXISTS "reviews_product_id_idx" ON "reviews" ("product_id");

CREATE INDEX IF NOT EXISTS "reviews_user_id_idx" ON "reviews" ("user_id");

CREATE UNIQUE INDEX IF NOT EXISTS "reviews_product_id_user_id_key" ON "reviews" ("product_id", "user_id");

CREATE OR REPLACE FUNCTION "reviews.product_id_live"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    deleted timestamptz;
BEGIN
    IF TG_OP = 'UPDATE' AND NOT NEW."product_id" IS DISTINCT FROM OLD."product_id" THEN
        RETURN NEW;
    END IF;
    SELECT "deleted_at" INTO deleted FROM "products" WHERE "id" = NEW."product_id" FOR KEY SHARE;
    IF deleted IS NOT NULL THEN
        RAISE foreign_key_violation USING MESSAGE = 'the row of "products" is deleted', TABLE = 'reviews', CONSTRAINT = 'reviews.product_id_live';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER "reviews.product_id_live" BEFORE INSERT OR UPDATE OF "product_id" ON "reviews" FOR EACH ROW EXECUTE FUNCTION "reviews.product_id_live"();

COMMENT ON TABLE "reviews" IS 'What one customer says of one product.';

COMMENT ON COLUMN "reviews"."id" IS 'The key.';

COMMENT ON COLUMN "reviews"."product_id" IS 'The product.';

COMMENT ON COLUMN "reviews"."user_id" IS 'The customer.';

COMMENT ON COLUMN "reviews"."stars" IS 'From 1 to 5.';

COMMENT ON COLUMN "reviews"."text" IS 'Why.';

COMMENT ON COLUMN "reviews"."created_at" IS 'When the row was made.';

COMMENT ON COLUMN "reviews"."updated_at" IS 'When the row was last written.';

CREATE TABLE IF NOT EXISTS "orders" (
    "id" UUID NOT NULL PRIMARY KEY,
    "order_number" VARCHAR(50) NOT NULL DEFAULT '',
    "user_id" UUID NOT NULL CONSTRAINT "orders_user_id_fkey" REFERENCES "users" ("id") ON DELETE RESTRICT,
    "status" TEXT NOT NULL CONSTRAINT "orders_status_check" CHECK ("status" IN ('pending', 'processing', 'shipped', 'delivered', 'cancelled', 'refunded')),
    "subtotal" NUMERIC(10, 2) NOT NULL CONSTRAINT "orders_subtotal_check" CHECK (subtotal >= 0),
    "tax" NUMERIC(10, 2) NOT NULL CONSTRAINT "orders_tax_check" CHECK (tax >= 0),
    "shipping" NUMERIC(10, 2) NOT NULL CONSTRAINT "orders_shipping_check" CHECK (shipping >= 0),
    "discount" NUMERIC(10, 2) NOT NULL CONSTRAINT "orders_discount_check" CHECK (discount >= 0),
    "total" NUMERIC(10, 2) NOT NULL CONSTRAINT "orders_total_check" CHECK (total = subtotal + tax + shipping - discount),
    "shipping_address" JSONB NOT NULL,
    "billing_address" JSONB NOT NULL,
    "payment_method" VARCHAR(50) NOT NULL,
    "payment_status" TEXT NOT NULL CONSTRAINT "orders_payment_status_check" CHECK ("payment_status" IN ('pending', 'paid', 'refunded')),
    "transaction_id" VARCHAR(100) NOT NULL DEFAULT '',
    "notes" TEXT NOT NULL DEFAULT '',
    "placed_at" TIMESTAMPTZ NOT NULL,
    "shipped_at" TIMESTAMPTZ,
    "delivered_at" TIMESTAMPTZ,
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL,
    "change_log" JSONB NOT NULL DEFAULT '{}'
);

CREATE INDEX IF NOT EXISTS "orders_created_at_desc_id_desc_idx" ON "orders" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "orders_updated_at_desc_idx" ON "orders" ("updated_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "orders_order_number_key" ON "orders" ("order_number");

CREATE INDEX IF NOT EXISTS "orders_user_id_idx" ON "orders" ("user_id");

CREATE INDEX IF NOT EXISTS "orders_status_placed_at_desc_idx" ON "orders" ("status", "placed_at" DESC);

COMMENT ON TABLE "orders" IS 'What a customer has ordered. [`NewOrder`](super::NewOrder) places it.';

COMMENT ON COLUMN "orders"."id" IS 'The key.';

COMMENT ON COLUMN "orders"."order_number" IS 'The number that the customer knows it by: `ORD-5F3A9C01`. It is made where it is empty.';

COMMENT ON COLUMN "orders"."user_id" IS 'The customer.';

COMMENT ON COLUMN "orders"."status" IS 'How far it is. [`update_status`](Self::update_status) changes it.';

COMMENT ON COLUMN "orders"."subtotal" IS 'The price of the items.';

COMMENT ON COLUMN "orders"."tax" IS 'The tax on them.';

COMMENT ON COLUMN "orders"."shipping" IS 'What sending them costs.';

COMMENT ON COLUMN "orders"."discount" IS 'What is taken off.';

COMMENT ON COLUMN "orders"."total" IS 'What is to be paid. It is computed.';

COMMENT ON COLUMN "orders"."shipping_address" IS 'Where the parcel goes.';

COMMENT ON COLUMN "orders"."billing_address" IS 'Where the bill goes.';

COMMENT ON COLUMN "orders"."payment_method" IS 'How it is paid.';

COMMENT ON COLUMN "orders"."payment_status" IS 'Where the money is.';

COMMENT ON COLUMN "orders"."transaction_id" IS 'The payment''s number at the bank.';

COMMENT ON COLUMN "orders"."notes" IS 'What else the customer wants.';

COMMENT ON COLUMN "orders"."placed_at" IS 'When it was placed.';

COMMENT ON COLUMN "orders"."shipped_at" IS 'When it was shipped.';

COMMENT ON COLUMN "orders"."delivered_at" IS 'When it was delivered.';

COMMENT ON COLUMN "orders"."created_at" IS 'When the row was made.';

COMMENT ON COLUMN "orders"."updated_at" IS 'When the row was last written.';

COMMENT ON COLUMN "orders"."change_log" IS 'What was changed and when, by time and field.';

CREATE TABLE IF NOT EXISTS "order_items" (
    "id" UUID NOT NULL PRIMARY KEY,
    "order_id" UUID NOT NULL CONSTRAINT "order_items_order_id_fkey" REFERENCES "orders" ("id") ON DELETE CASCADE,
    "product_id" UUID NOT NULL CONSTRAINT "order_items_product_id_fkey" REFERENCES "products" ("id") ON DELETE RESTRICT,
    "quantity" INTEGER NOT NULL CONSTRAINT "order_items_quantity_check" CHECK (quantity > 0),
    "price" NUMERIC(10, 2) NOT NULL CONSTRAINT "order_items_price_check" CHECK (price >= 0),
    "subtotal" NUMERIC(10, 2) NOT NULL CONSTRAINT "order_items_subtotal_check" CHECK (subtotal = price * quantity),
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL
);

CREATE INDEX IF NOT EXISTS "order_items_created_at_desc_id_desc_idx" ON "order_items" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "order_items_updated_at_desc_idx" ON "order_items" ("updated_at" DESC);

CREATE INDEX IF NOT EXISTS "order_items_order_id_idx" ON "order_items" ("order_id");

CREATE INDEX IF NOT EXISTS "order_items_product_id_idx" ON "order_items" ("product_id");

CREATE UNIQUE INDEX IF NOT EXISTS "order_items_order_id_product_id_key" ON "order_items" ("order_id", "product_id");

CREATE OR REPLACE FUNCTION "order_items.product_id_live"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    deleted timestamptz;
BEGIN
    IF TG_OP = 'UPDATE' AND NOT NEW."product_id" IS DISTINCT FROM OLD."product_id" THEN
        RETURN NEW;
    END IF;
    SELECT "deleted_at" INTO deleted FROM "products" WHERE "id" = NEW."product_id" FOR KEY SHARE;
    IF deleted IS NOT NULL THEN
        RAISE foreign_key_violation USING MESSAGE = 'the row of "products" is deleted', TABLE = 'order_items', CONSTRAINT = 'order_items.product_id_live';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER "order_items.product_id_live" BEFORE INSERT OR UPDATE OF "product_id" ON "order_items" FOR EACH ROW EXECUTE FUNCTION "order_items.product_id_live"();

COMMENT ON TABLE "order_items" IS 'Some pieces of one product.';

COMMENT ON COLUMN "order_items"."id" IS 'The key.';

COMMENT ON COLUMN "order_items"."order_id" IS 'The order.';

COMMENT ON COLUMN "order_items"."product_id" IS 'The product.';

COMMENT ON COLUMN "order_items"."quantity" IS 'How many pieces.';

COMMENT ON COLUMN "order_items"."price" IS 'What a piece cost when it was ordered.';

COMMENT ON COLUMN "order_items"."subtotal" IS 'The price of all pieces. It is computed.';

COMMENT ON COLUMN "order_items"."created_at" IS 'When the row was made.';

COMMENT ON COLUMN "order_items"."updated_at" IS 'When the row was last written.';
