CREATE TABLE IF NOT EXISTS "product_categories" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "name" VARCHAR(100) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
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
    "object_id" BLOB NOT NULL REFERENCES "product_categories" ("id") ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS "product_categories_slug_history_object_id_idx" ON "product_categories_slug_history" ("object_id");

CREATE TRIGGER IF NOT EXISTS "product_categories_slug_insert" BEFORE INSERT ON "product_categories" WHEN EXISTS (SELECT 1 FROM "product_categories_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: product_categories.slug'); END;

CREATE TRIGGER IF NOT EXISTS "product_categories_slug_update" BEFORE UPDATE OF "slug" ON "product_categories" WHEN EXISTS (SELECT 1 FROM "product_categories_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: product_categories.slug'); END;

CREATE TRIGGER IF NOT EXISTS "product_categories_slug_remember" AFTER UPDATE OF "slug" ON "product_categories" WHEN OLD."slug" <> NEW."slug" BEGIN INSERT INTO "product_categories_slug_history" ("slug", "object_id") SELECT OLD."slug", OLD."id" WHERE NOT EXISTS (SELECT 1 FROM "product_categories" AS t WHERE t."slug" = OLD."slug" AND t."id" <> OLD."id") ON CONFLICT ("slug") DO NOTHING; END;

CREATE TABLE IF NOT EXISTS "products" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "name" VARCHAR(200) NOT NULL,
    "sku" VARCHAR(50) NOT NULL,
    "price" INTEGER NOT NULL CONSTRAINT "products_price_check" CHECK (typeof("price") <> 'real' AND (price >= 0)),
    "sale_price" INTEGER CONSTRAINT "products_sale_price_check" CHECK (typeof("sale_price") <> 'real' AND (sale_price < price)),
    "cost" INTEGER NOT NULL CONSTRAINT "products_cost_check" CHECK (typeof("cost") <> 'real' AND (cost >= 0)),
    "stock_quantity" INT4 NOT NULL DEFAULT 0 CONSTRAINT "products_stock_quantity_check" CHECK ("stock_quantity" BETWEEN -2147483648 AND 2147483647 AND (stock_quantity >= 0)),
    "low_stock_threshold" INT4 NOT NULL DEFAULT 5 CONSTRAINT "products_low_stock_threshold_check" CHECK ("low_stock_threshold" BETWEEN -2147483648 AND 2147483647 AND (low_stock_threshold >= 0)),
    "category_id" BLOB NOT NULL CONSTRAINT "products_category_id_fkey" REFERENCES "product_categories" ("id") ON DELETE RESTRICT,
    "description" TEXT NOT NULL DEFAULT '',
    "specifications" TEXT NOT NULL,
    "weight" INTEGER CONSTRAINT "products_weight_check" CHECK (typeof("weight") <> 'real' AND (weight >= 0)),
    "dimensions" VARCHAR(100) NOT NULL DEFAULT '',
    "rating" INTEGER NOT NULL CONSTRAINT "products_rating_check" CHECK (typeof("rating") <> 'real' AND (rating >= 0)),
    "review_count" INT4 NOT NULL DEFAULT 0 CONSTRAINT "products_review_count_check" CHECK ("review_count" BETWEEN -2147483648 AND 2147483647 AND (review_count >= 0)),
    "sold_count" INT4 NOT NULL DEFAULT 0 CONSTRAINT "products_sold_count_check" CHECK ("sold_count" BETWEEN -2147483648 AND 2147483647 AND (sold_count >= 0)),
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "deleted_at" TIMESTAMP,
    "status" TEXT NOT NULL DEFAULT 'draft' CONSTRAINT "products_status_check" CHECK ("status" IN ('draft', 'published', 'archived')),
    "published_at" TIMESTAMP,
    "slug" VARCHAR(255) NOT NULL,
    "seo_title" VARCHAR(60) NOT NULL DEFAULT '',
    "seo_description" VARCHAR(160) NOT NULL DEFAULT '',
    "seo_keywords" VARCHAR(255) NOT NULL DEFAULT ''
);

CREATE INDEX IF NOT EXISTS "products_created_at_desc_id_desc_idx" ON "products" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "products_updated_at_desc_idx" ON "products" ("updated_at" DESC);

CREATE INDEX IF NOT EXISTS "products_created_at_desc_id_desc_8efd_idx" ON "products" ("created_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;

CREATE INDEX IF NOT EXISTS "products_deleted_at_bc66_idx" ON "products" ("deleted_at") WHERE "deleted_at" IS NOT NULL;

CREATE INDEX IF NOT EXISTS "products_status_published_at_desc_idx" ON "products" ("status", "published_at" DESC);

CREATE INDEX IF NOT EXISTS "products_status_created_at_desc_idx" ON "products" ("status", "created_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "products_slug_key" ON "products" ("slug") WHERE "deleted_at" IS NULL;

CREATE UNIQUE INDEX IF NOT EXISTS "products_sku_key" ON "products" ("sku") WHERE "deleted_at" IS NULL;

CREATE INDEX IF NOT EXISTS "products_category_id_idx" ON "products" ("category_id");

CREATE TABLE IF NOT EXISTS "products_slug_history" (
    "slug" TEXT NOT NULL PRIMARY KEY,
    "object_id" BLOB NOT NULL REFERENCES "products" ("id") ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS "products_slug_history_object_id_idx" ON "products_slug_history" ("object_id");

CREATE TRIGGER IF NOT EXISTS "products_slug_insert" BEFORE INSERT ON "products" WHEN EXISTS (SELECT 1 FROM "products_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") AND NEW."deleted_at" IS NULL BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: products.slug'); END;

CREATE TRIGGER IF NOT EXISTS "products_slug_update" BEFORE UPDATE OF "slug", "deleted_at" ON "products" WHEN EXISTS (SELECT 1 FROM "products_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") AND NEW."deleted_at" IS NULL BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: products.slug'); END;

CREATE TRIGGER IF NOT EXISTS "products_slug_remember" AFTER UPDATE OF "slug" ON "products" WHEN OLD."slug" <> NEW."slug" BEGIN INSERT INTO "products_slug_history" ("slug", "object_id") SELECT OLD."slug", OLD."id" WHERE NOT EXISTS (SELECT 1 FROM "products" AS t WHERE t."slug" = OLD."slug" AND t."id" <> OLD."id" AND t."deleted_at" IS NULL) ON CONFLICT ("slug") DO NOTHING; END;

CREATE TABLE IF NOT EXISTS "reviews" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "product_id" BLOB NOT NULL CONSTRAINT "reviews_product_id_fkey" REFERENCES "products" ("id") ON DELETE CASCADE,
    "user_id" BLOB NOT NULL CONSTRAINT "reviews_user_id_fkey" REFERENCES "users" ("id") ON DELETE CASCADE,
    "stars" SMALLINT NOT NULL CONSTRAINT "reviews_stars_check" CHECK ("stars" BETWEEN -32768 AND 32767 AND (stars BETWEEN 1 AND 5)),
    "text" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL
);

CREATE INDEX IF NOT EXISTS "reviews_created_at_desc_id_desc_idx" ON "reviews" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "reviews_updated_at_desc_idx" ON "reviews" ("updated_at" DESC);

CREATE INDEX IF NOT EXISTS "reviews_product_id_idx" ON "reviews" ("product_id");

CREATE INDEX IF NOT EXISTS "reviews_user_id_idx" ON "reviews" ("user_id");

CREATE UNIQUE INDEX IF NOT EXISTS "reviews_product_id_user_id_key" ON "reviews" ("product_id", "user_id");

CREATE TRIGGER IF NOT EXISTS "reviews.product_id_live_insert" BEFORE INSERT ON "reviews" WHEN EXISTS (SELECT 1 FROM "products" WHERE "id" = NEW."product_id" AND "deleted_at" IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY constraint failed: reviews.product_id_live'); END;

CREATE TRIGGER IF NOT EXISTS "reviews.product_id_live_update" BEFORE UPDATE OF "product_id" ON "reviews" WHEN NEW."product_id" IS DISTINCT FROM OLD."product_id" AND EXISTS (SELECT 1 FROM "products" WHERE "id" = NEW."product_id" AND "deleted_at" IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY constraint failed: reviews.product_id_live'); END;

CREATE TABLE IF NOT EXISTS "orders" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "order_number" VARCHAR(50) NOT NULL DEFAULT '',
    "user_id" BLOB NOT NULL CONSTRAINT "orders_user_id_fkey" REFERENCES "users" ("id") ON DELETE RESTRICT,
    "status" TEXT NOT NULL CONSTRAINT "orders_status_check" CHECK ("status" IN ('pending', 'processing', 'shipped', 'delivered', 'cancelled', 'refunded')),
    "subtotal" INTEGER NOT NULL CONSTRAINT "orders_subtotal_check" CHECK (typeof("subtotal") <> 'real' AND (subtotal >= 0)),
    "tax" INTEGER NOT NULL CONSTRAINT "orders_tax_check" CHECK (typeof("tax") <> 'real' AND (tax >= 0)),
    "shipping" INTEGER NOT NULL CONSTRAINT "orders_shipping_check" CHECK (typeof("shipping") <> 'real' AND (shipping >= 0)),
    "discount" INTEGER NOT NULL CONSTRAINT "orders_discount_check" CHECK (typeof("discount") <> 'real' AND (discount >= 0)),
    "total" INTEGER NOT NULL CONSTRAINT "orders_total_check" CHECK (typeof("total") <> 'real' AND (total = subtotal + tax + shipping - discount)),
    "shipping_address" TEXT NOT NULL,
    "billing_address" TEXT NOT NULL,
    "payment_method" VARCHAR(50) NOT NULL,
    "payment_status" TEXT NOT NULL CONSTRAINT "orders_payment_status_check" CHECK ("payment_status" IN ('pending', 'paid', 'refunded')),
    "transaction_id" VARCHAR(100) NOT NULL DEFAULT '',
    "notes" TEXT NOT NULL DEFAULT '',
    "placed_at" TIMESTAMP NOT NULL,
    "shipped_at" TIMESTAMP,
    "delivered_at" TIMESTAMP,
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "change_log" TEXT NOT NULL DEFAULT '{}'
);

CREATE INDEX IF NOT EXISTS "orders_created_at_desc_id_desc_idx" ON "orders" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "orders_updated_at_desc_idx" ON "orders" ("updated_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "orders_order_number_key" ON "orders" ("order_number");

CREATE INDEX IF NOT EXISTS "orders_user_id_idx" ON "orders" ("user_id");

CREATE INDEX IF NOT EXISTS "orders_status_placed_at_desc_idx" ON "orders" ("status", "placed_at" DESC);

CREATE TABLE IF NOT EXISTS "order_items" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "order_id" BLOB NOT NULL CONSTRAINT "order_items_order_id_fkey" REFERENCES "orders" ("id") ON DELETE CASCADE,
    "product_id" BLOB NOT NULL CONSTRAINT "order_items_product_id_fkey" REFERENCES "products" ("id") ON DELETE RESTRICT,
    "quantity" INT4 NOT NULL CONSTRAINT "order_items_quantity_check" CHECK ("quantity" BETWEEN -2147483648 AND 2147483647 AND (quantity > 0)),
    "price" INTEGER NOT NULL CONSTRAINT "order_items_price_check" CHECK (typeof("price") <> 'real' AND (price >= 0)),
    "subtotal" INTEGER NOT NULL CONSTRAINT "order_items_subtotal_check" CHECK (typeof("subtotal") <> 'real' AND (subtotal = price * quantity)),
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL
);

CREATE INDEX IF NOT EXISTS "order_items_created_at_desc_id_desc_idx" ON "order_items" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "order_items_updated_at_desc_idx" ON "order_items" ("updated_at" DESC);

CREATE INDEX IF NOT EXISTS "order_items_order_id_idx" ON "order_items" ("order_id");

CREATE INDEX IF NOT EXISTS "order_items_product_id_idx" ON "order_items" ("product_id");

CREATE UNIQUE INDEX IF NOT EXISTS "order_items_order_id_product_id_key" ON "order_items" ("order_id", "product_id");

CREATE TRIGGER IF NOT EXISTS "order_items.product_id_live_insert" BEFORE INSERT ON "order_items" WHEN EXISTS (SELECT 1 FROM "products" WHERE "id" = NEW."product_id" AND "deleted_at" IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY constraint failed: order_items.product_id_live'); END;

CREATE TRIGGER IF NOT EXISTS "order_items.product_id_live_update" BEFORE UPDATE OF "product_id" ON "order_items" WHEN NEW."product_id" IS DISTINCT FROM OLD."product_id" AND EXISTS (SELECT 1 FROM "products" WHERE "id" = NEW."product_id" AND "deleted_at" IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY constraint failed: order_items.product_id_live'); END;
