CREATE TABLE IF NOT EXISTS "authors" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "email" VARCHAR(254) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL
);

CREATE INDEX IF NOT EXISTS "authors_created_at_desc_id_desc_idx" ON "authors" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "authors_updated_at_desc_idx" ON "authors" ("updated_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "authors_email_key" ON "authors" (lower(email));

CREATE TABLE IF NOT EXISTS "categories" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "name" VARCHAR(100) NOT NULL,
    "slug" VARCHAR(50) NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL
);

CREATE INDEX IF NOT EXISTS "categories_created_at_desc_id_desc_idx" ON "categories" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "categories_updated_at_desc_idx" ON "categories" ("updated_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "categories_slug_key" ON "categories" ("slug");

CREATE TABLE IF NOT EXISTS "tasks" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "title" TEXT NOT NULL,
    "completed" BOOLEAN NOT NULL DEFAULT FALSE,
    "removed_at" TIMESTAMP
);

CREATE INDEX IF NOT EXISTS "tasks_removed_at_2bff_idx" ON "tasks" ("removed_at") WHERE "removed_at" IS NOT NULL;

CREATE UNIQUE INDEX IF NOT EXISTS "tasks_title_key" ON "tasks" ("title") WHERE "removed_at" IS NULL;

CREATE TABLE IF NOT EXISTS "pages" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "parent_id" INTEGER CONSTRAINT "pages_parent_id_check" CHECK (typeof("parent_id") <> 'real') CONSTRAINT "pages_parent_id_fkey" REFERENCES "pages" ("id") ON DELETE CASCADE,
    "page_number" INT4 NOT NULL CONSTRAINT "pages_page_number_check" CHECK ("page_number" BETWEEN -2147483648 AND 2147483647 AND (page_number >= 0)),
    "title" VARCHAR(80) NOT NULL DEFAULT 'Untitled'
);

CREATE INDEX IF NOT EXISTS "pages_parent_id_idx" ON "pages" ("parent_id");

CREATE UNIQUE INDEX IF NOT EXISTS "pages_parent_id_page_number_key" ON "pages" ("parent_id", "page_number");

CREATE INDEX IF NOT EXISTS "pages_by_title" ON "pages" ("title", "page_number" DESC);

CREATE INDEX IF NOT EXISTS "pages_of_any_case" ON "pages" (lower(title)) WHERE page_number > 0;

CREATE TABLE IF NOT EXISTS "everything" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "uuid" BLOB NOT NULL,
    "text" TEXT NOT NULL,
    "boolean" BOOLEAN NOT NULL,
    "small" SMALLINT NOT NULL CONSTRAINT "everything_small_check" CHECK ("small" BETWEEN -32768 AND 32767),
    "order" INT4 NOT NULL CONSTRAINT "everything_order_check" CHECK ("order" BETWEEN -2147483648 AND 2147483647),
    "big" INTEGER NOT NULL CONSTRAINT "everything_big_check" CHECK (typeof("big") <> 'real'),
    "real" REAL NOT NULL,
    "double" REAL NOT NULL,
    "price" INTEGER NOT NULL CONSTRAINT "everything_price_check" CHECK (typeof("price") <> 'real' AND (price >= 0)),
    "moment" TIMESTAMP NOT NULL,
    "day" DATE NOT NULL,
    "json" TEXT NOT NULL,
    "dimensions" TEXT NOT NULL,
    "bytes" BLOB NOT NULL,
    "ip" TEXT NOT NULL,
    "size" TEXT NOT NULL CONSTRAINT "everything_size_check" CHECK ("size" IN ('small', 'xl')),
    "sku" TEXT NOT NULL,
    "maybe_uuid" BLOB,
    "maybe_text" TEXT,
    "maybe_boolean" BOOLEAN,
    "maybe_small" SMALLINT CONSTRAINT "everything_maybe_small_check" CHECK ("maybe_small" BETWEEN -32768 AND 32767),
    "maybe_integer" INT4 CONSTRAINT "everything_maybe_integer_check" CHECK ("maybe_integer" BETWEEN -2147483648 AND 2147483647),
    "maybe_big" INTEGER CONSTRAINT "everything_maybe_big_check" CHECK (typeof("maybe_big") <> 'real'),
    "maybe_real" REAL,
    "maybe_double" REAL,
    "maybe_price" INTEGER CONSTRAINT "everything_maybe_price_check" CHECK (typeof("maybe_price") <> 'real'),
    "maybe_moment" TIMESTAMP,
    "maybe_day" DATE,
    "maybe_json" TEXT,
    "maybe_dimensions" TEXT,
    "maybe_bytes" BLOB,
    "maybe_ip" TEXT,
    "maybe_size" TEXT CONSTRAINT "everything_maybe_size_check" CHECK ("maybe_size" IN ('small', 'xl')),
    "maybe_sku" TEXT
);

CREATE TABLE IF NOT EXISTS "essays" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "title" VARCHAR(200) NOT NULL,
    "body" TEXT NOT NULL DEFAULT '',
    "summary" TEXT,
    "notes" TEXT NOT NULL DEFAULT '',
    "deleted_at" TIMESTAMP,
    "status" TEXT NOT NULL DEFAULT 'draft' CONSTRAINT "essays_status_check" CHECK ("status" IN ('draft', 'published', 'archived')),
    "published_at" TIMESTAMP,
    "change_log" TEXT NOT NULL DEFAULT '{}'
);

CREATE INDEX IF NOT EXISTS "essays_deleted_at_bc66_idx" ON "essays" ("deleted_at") WHERE "deleted_at" IS NOT NULL;

CREATE INDEX IF NOT EXISTS "essays_status_published_at_desc_idx" ON "essays" ("status", "published_at" DESC);

CREATE TABLE IF NOT EXISTS "essays_search_keys" (
    "docid" INTEGER PRIMARY KEY,
    "object_id" BLOB NOT NULL UNIQUE
);

CREATE VIRTUAL TABLE IF NOT EXISTS "essays_search" USING fts5(
    c0, c1, c2, content='', contentless_delete=1, tokenize='porter unicode61 remove_diacritics 0'
);

INSERT INTO "essays_search_keys" ("object_id") SELECT t."id" FROM "essays" AS t WHERE NOT EXISTS (SELECT 1 FROM "essays_search_keys");

INSERT INTO "essays_search" (c0, c1, c2, rowid) SELECT t."title", t."body", t."summary", k."docid" FROM "essays" AS t JOIN "essays_search_keys" AS k ON k."object_id" = t."id" WHERE NOT EXISTS (SELECT 1 FROM "essays_search");

CREATE TRIGGER IF NOT EXISTS "essays_search_insert" AFTER INSERT ON "essays" BEGIN INSERT INTO "essays_search_keys" ("object_id") VALUES (NEW."id") ON CONFLICT ("object_id") DO NOTHING; INSERT OR REPLACE INTO "essays_search" (c0, c1, c2, rowid) SELECT NEW."title", NEW."body", NEW."summary", k."docid" FROM "essays_search_keys" AS k WHERE k."object_id" = NEW."id"; END;

CREATE TRIGGER IF NOT EXISTS "essays_search_update" AFTER UPDATE OF "id", "title", "body", "summary" ON "essays" WHEN OLD."id" IS NOT NEW."id" OR OLD."title" IS NOT NEW."title" OR OLD."body" IS NOT NEW."body" OR OLD."summary" IS NOT NEW."summary" BEGIN UPDATE "essays_search_keys" SET "object_id" = NEW."id" WHERE "object_id" = OLD."id" AND OLD."id" IS NOT NEW."id"; INSERT OR REPLACE INTO "essays_search" (c0, c1, c2, rowid) SELECT NEW."title", NEW."body", NEW."summary", k."docid" FROM "essays_search_keys" AS k WHERE k."object_id" = NEW."id"; END;

CREATE TRIGGER IF NOT EXISTS "essays_search_delete" AFTER DELETE ON "essays" BEGIN DELETE FROM "essays_search" WHERE rowid = (SELECT k."docid" FROM "essays_search_keys" AS k WHERE k."object_id" = OLD."id"); DELETE FROM "essays_search_keys" WHERE "object_id" = OLD."id"; END;

CREATE TABLE IF NOT EXISTS "articles" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "title" VARCHAR(400) NOT NULL,
    "content" TEXT NOT NULL DEFAULT '',
    "views" INT4 NOT NULL DEFAULT 0 CONSTRAINT "articles_views_check" CHECK ("views" BETWEEN -2147483648 AND 2147483647),
    "price" INTEGER CONSTRAINT "articles_price_check" CHECK (typeof("price") <> 'real'),
    "draft_notes" TEXT NOT NULL DEFAULT '',
    "access_token" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "deleted_at" TIMESTAMP,
    "status" TEXT NOT NULL DEFAULT 'draft' CONSTRAINT "articles_status_check" CHECK ("status" IN ('draft', 'published', 'archived')),
    "published_at" TIMESTAMP,
    "slug" VARCHAR(255) NOT NULL,
    "seo_title" VARCHAR(60) NOT NULL DEFAULT '',
    "seo_description" VARCHAR(160) NOT NULL DEFAULT '',
    "seo_keywords" VARCHAR(255) NOT NULL DEFAULT '',
    "change_log" TEXT NOT NULL DEFAULT '{}'
);

CREATE INDEX IF NOT EXISTS "articles_created_at_desc_id_desc_idx" ON "articles" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "articles_updated_at_desc_idx" ON "articles" ("updated_at" DESC);

CREATE INDEX IF NOT EXISTS "articles_created_at_desc_id_desc_8efd_idx" ON "articles" ("created_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;

CREATE INDEX IF NOT EXISTS "articles_deleted_at_bc66_idx" ON "articles" ("deleted_at") WHERE "deleted_at" IS NOT NULL;

CREATE INDEX IF NOT EXISTS "articles_status_published_at_desc_idx" ON "articles" ("status", "published_at" DESC);

CREATE INDEX IF NOT EXISTS "articles_status_created_at_desc_idx" ON "articles" ("status", "created_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "articles_slug_key" ON "articles" ("slug") WHERE "deleted_at" IS NULL;

CREATE TABLE IF NOT EXISTS "articles_slug_history" (
    "slug" TEXT NOT NULL PRIMARY KEY,
    "object_id" BLOB NOT NULL REFERENCES "articles" ("id") ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS "articles_slug_history_object_id_idx" ON "articles_slug_history" ("object_id");

CREATE TRIGGER IF NOT EXISTS "articles_slug_insert" BEFORE INSERT ON "articles" WHEN EXISTS (SELECT 1 FROM "articles_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") AND NEW."deleted_at" IS NULL BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: articles.slug'); END;

CREATE TRIGGER IF NOT EXISTS "articles_slug_update" BEFORE UPDATE OF "slug", "deleted_at" ON "articles" WHEN EXISTS (SELECT 1 FROM "articles_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") AND NEW."deleted_at" IS NULL BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: articles.slug'); END;

CREATE TRIGGER IF NOT EXISTS "articles_slug_remember" AFTER UPDATE OF "slug" ON "articles" WHEN OLD."slug" <> NEW."slug" BEGIN INSERT INTO "articles_slug_history" ("slug", "object_id") SELECT OLD."slug", OLD."id" WHERE NOT EXISTS (SELECT 1 FROM "articles" AS t WHERE t."slug" = OLD."slug" AND t."id" <> OLD."id" AND t."deleted_at" IS NULL) ON CONFLICT ("slug") DO NOTHING; END;

CREATE TABLE IF NOT EXISTS "comments" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "article_id" BLOB CONSTRAINT "comments_article_id_fkey" REFERENCES "articles" ("id") ON DELETE RESTRICT,
    "text" TEXT NOT NULL,
    "client_secret" TEXT NOT NULL DEFAULT '',
    "api_token" TEXT,
    "password_hash" TEXT NOT NULL DEFAULT '',
    "change_log" TEXT NOT NULL DEFAULT '{}'
);

CREATE INDEX IF NOT EXISTS "comments_article_id_idx" ON "comments" ("article_id");

CREATE TRIGGER IF NOT EXISTS "comments.article_id_live_insert" BEFORE INSERT ON "comments" WHEN EXISTS (SELECT 1 FROM "articles" WHERE "id" = NEW."article_id" AND "deleted_at" IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY constraint failed: comments.article_id_live'); END;

CREATE TRIGGER IF NOT EXISTS "comments.article_id_live_update" BEFORE UPDATE OF "article_id" ON "comments" WHEN NEW."article_id" IS DISTINCT FROM OLD."article_id" AND EXISTS (SELECT 1 FROM "articles" WHERE "id" = NEW."article_id" AND "deleted_at" IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY constraint failed: comments.article_id_live'); END;

CREATE TABLE IF NOT EXISTS "notes" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "text" TEXT NOT NULL,
    "change_log" TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE IF NOT EXISTS "bookings" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "account" TEXT NOT NULL,
    "amount" INTEGER NOT NULL CONSTRAINT "bookings_amount_check" CHECK (typeof("amount") <> 'real')
);

CREATE UNIQUE INDEX IF NOT EXISTS "bookings_account_key" ON "bookings" ("account");

CREATE TABLE IF NOT EXISTS "vaults" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "password" TEXT NOT NULL,
    "pin" INT4 CONSTRAINT "vaults_pin_check" CHECK ("pin" BETWEEN -2147483648 AND 2147483647),
    "token_count" INT4 NOT NULL DEFAULT 0 CONSTRAINT "vaults_token_count_check" CHECK ("token_count" BETWEEN -2147483648 AND 2147483647),
    "change_log" TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE IF NOT EXISTS "audit_logs" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "timestamp" TIMESTAMP NOT NULL,
    "action" VARCHAR(20) NOT NULL CONSTRAINT "audit_logs_action_check" CHECK ("action" IN ('create', 'update', 'delete', 'restore', 'publish', 'unpublish', 'archive', 'hard_delete')),
    "content_type" VARCHAR(100) NOT NULL,
    "object_id" VARCHAR(255) NOT NULL,
    "object_repr" VARCHAR(255) NOT NULL,
    "changes" TEXT NOT NULL,
    "actor_id" VARCHAR(255),
    "actor_label" TEXT,
    "ip_address" TEXT,
    "user_agent" TEXT NOT NULL,
    "request_id" TEXT
);

CREATE INDEX IF NOT EXISTS "audit_logs_content_type_object_id_id_idx" ON "audit_logs" ("content_type", "object_id", "id");

CREATE INDEX IF NOT EXISTS "audit_logs_content_type_id_idx" ON "audit_logs" ("content_type", "id");

CREATE INDEX IF NOT EXISTS "audit_logs_actor_id_id_idx" ON "audit_logs" ("actor_id", "id");

CREATE INDEX IF NOT EXISTS "audit_logs_action_id_idx" ON "audit_logs" ("action", "id");

CREATE INDEX IF NOT EXISTS "audit_logs_timestamp_id_idx" ON "audit_logs" ("timestamp", "id");

CREATE TRIGGER IF NOT EXISTS "audit_logs_no_update" BEFORE UPDATE ON "audit_logs" BEGIN SELECT RAISE(ABORT, 'audit_logs is append-only'); END;

CREATE TRIGGER IF NOT EXISTS "audit_logs_no_delete" BEFORE DELETE ON "audit_logs" BEGIN SELECT RAISE(ABORT, 'audit_logs is append-only'); END;

CREATE TRIGGER IF NOT EXISTS "audit_logs_no_replace" BEFORE INSERT ON "audit_logs" WHEN EXISTS (SELECT 1 FROM "audit_logs" WHERE "id" = NEW."id") BEGIN SELECT RAISE(ABORT, 'audit_logs is append-only'); END;

CREATE TABLE IF NOT EXISTS "posts" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "title" VARCHAR(200) NOT NULL,
    "content" TEXT NOT NULL,
    "excerpt" VARCHAR(500) NOT NULL DEFAULT '',
    "author_id" BLOB CONSTRAINT "posts_author_id_fkey" REFERENCES "authors" ("id") ON DELETE RESTRICT,
    "category_id" BLOB CONSTRAINT "posts_category_id_fkey" REFERENCES "categories" ("id") ON DELETE SET NULL,
    "views_count" INT4 NOT NULL DEFAULT 0 CONSTRAINT "posts_views_count_check" CHECK ("views_count" BETWEEN -2147483648 AND 2147483647),
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "deleted_at" TIMESTAMP,
    "status" TEXT NOT NULL DEFAULT 'draft' CONSTRAINT "posts_status_check" CHECK ("status" IN ('draft', 'published', 'archived')),
    "published_at" TIMESTAMP,
    "slug" VARCHAR(255) NOT NULL,
    "seo_title" VARCHAR(60) NOT NULL DEFAULT '',
    "seo_description" VARCHAR(160) NOT NULL DEFAULT '',
    "seo_keywords" VARCHAR(255) NOT NULL DEFAULT ''
);

CREATE INDEX IF NOT EXISTS "posts_created_at_desc_id_desc_idx" ON "posts" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "posts_updated_at_desc_idx" ON "posts" ("updated_at" DESC);

CREATE INDEX IF NOT EXISTS "posts_created_at_desc_id_desc_8efd_idx" ON "posts" ("created_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;

CREATE INDEX IF NOT EXISTS "posts_deleted_at_bc66_idx" ON "posts" ("deleted_at") WHERE "deleted_at" IS NOT NULL;

CREATE INDEX IF NOT EXISTS "posts_status_published_at_desc_idx" ON "posts" ("status", "published_at" DESC);

CREATE INDEX IF NOT EXISTS "posts_status_created_at_desc_idx" ON "posts" ("status", "created_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "posts_slug_key" ON "posts" ("slug") WHERE "deleted_at" IS NULL;

CREATE INDEX IF NOT EXISTS "posts_author_id_idx" ON "posts" ("author_id");

CREATE INDEX IF NOT EXISTS "posts_category_id_idx" ON "posts" ("category_id");

CREATE INDEX IF NOT EXISTS "posts_author_id_created_at_desc_idx" ON "posts" ("author_id", "created_at" DESC);

CREATE TABLE IF NOT EXISTS "posts_slug_history" (
    "slug" TEXT NOT NULL PRIMARY KEY,
    "object_id" BLOB NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS "posts_slug_history_object_id_idx" ON "posts_slug_history" ("object_id");

CREATE TRIGGER IF NOT EXISTS "posts_slug_insert" BEFORE INSERT ON "posts" WHEN EXISTS (SELECT 1 FROM "posts_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") AND NEW."deleted_at" IS NULL BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: posts.slug'); END;

CREATE TRIGGER IF NOT EXISTS "posts_slug_update" BEFORE UPDATE OF "slug", "deleted_at" ON "posts" WHEN EXISTS (SELECT 1 FROM "posts_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") AND NEW."deleted_at" IS NULL BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: posts.slug'); END;

CREATE TRIGGER IF NOT EXISTS "posts_slug_remember" AFTER UPDATE OF "slug" ON "posts" WHEN OLD."slug" <> NEW."slug" BEGIN INSERT INTO "posts_slug_history" ("slug", "object_id") SELECT OLD."slug", OLD."id" WHERE NOT EXISTS (SELECT 1 FROM "posts" AS t WHERE t."slug" = OLD."slug" AND t."id" <> OLD."id" AND t."deleted_at" IS NULL) ON CONFLICT ("slug") DO NOTHING; END;
