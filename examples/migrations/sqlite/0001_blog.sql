CREATE TABLE IF NOT EXISTS "authors" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL
);

CREATE INDEX IF NOT EXISTS "authors_created_at_desc_id_desc_idx" ON "authors" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "authors_updated_at_desc_idx" ON "authors" ("updated_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "authors_name_key" ON "authors" ("name");

CREATE TABLE IF NOT EXISTS "posts" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "title" VARCHAR(200) NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "content" TEXT NOT NULL,
    "excerpt" VARCHAR(500) NOT NULL DEFAULT '',
    "authors" TEXT NOT NULL DEFAULT '',
    "source_path" TEXT,
    "posted_on" DATE NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "deleted_at" TIMESTAMP,
    "status" TEXT NOT NULL DEFAULT 'draft' CONSTRAINT "posts_status_check" CHECK ("status" IN ('draft', 'published', 'archived')),
    "published_at" TIMESTAMP,
    "slug" VARCHAR(255) NOT NULL,
    "seo_title" VARCHAR(60) NOT NULL DEFAULT '',
    "seo_description" VARCHAR(160) NOT NULL DEFAULT '',
    "seo_keywords" VARCHAR(255) NOT NULL DEFAULT '',
    "change_log" TEXT NOT NULL DEFAULT '{}'
);

CREATE INDEX IF NOT EXISTS "posts_created_at_desc_id_desc_idx" ON "posts" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "posts_updated_at_desc_idx" ON "posts" ("updated_at" DESC);

CREATE INDEX IF NOT EXISTS "posts_created_at_desc_id_desc_8efd_idx" ON "posts" ("created_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;

CREATE INDEX IF NOT EXISTS "posts_deleted_at_bc66_idx" ON "posts" ("deleted_at") WHERE "deleted_at" IS NOT NULL;

CREATE INDEX IF NOT EXISTS "posts_status_published_at_desc_idx" ON "posts" ("status", "published_at" DESC);

CREATE INDEX IF NOT EXISTS "posts_status_created_at_desc_idx" ON "posts" ("status", "created_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "posts_slug_key" ON "posts" ("slug") WHERE "deleted_at" IS NULL;

CREATE UNIQUE INDEX IF NOT EXISTS "posts_source_path_key" ON "posts" ("source_path") WHERE "deleted_at" IS NULL;

CREATE INDEX IF NOT EXISTS "posts_posted_on_desc_idx" ON "posts" ("posted_on" DESC);

CREATE TABLE IF NOT EXISTS "posts_slug_history" (
    "slug" TEXT NOT NULL PRIMARY KEY,
    "object_id" BLOB NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS "posts_slug_history_object_id_idx" ON "posts_slug_history" ("object_id");

CREATE TRIGGER IF NOT EXISTS "posts_slug_insert" BEFORE INSERT ON "posts" WHEN EXISTS (SELECT 1 FROM "posts_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") AND NEW."deleted_at" IS NULL BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: posts.slug'); END;

CREATE TRIGGER IF NOT EXISTS "posts_slug_update" BEFORE UPDATE OF "slug", "deleted_at" ON "posts" WHEN EXISTS (SELECT 1 FROM "posts_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") AND NEW."deleted_at" IS NULL BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: posts.slug'); END;

CREATE TRIGGER IF NOT EXISTS "posts_slug_remember" AFTER UPDATE OF "slug" ON "posts" WHEN OLD."slug" <> NEW."slug" BEGIN INSERT INTO "posts_slug_history" ("slug", "object_id") SELECT OLD."slug", OLD."id" WHERE NOT EXISTS (SELECT 1 FROM "posts" AS t WHERE t."slug" = OLD."slug" AND t."id" <> OLD."id" AND t."deleted_at" IS NULL) ON CONFLICT ("slug") DO NOTHING; END;

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

CREATE INDEX IF NOT EXISTS "audit_logs_actor_id_id_idx" ON "audit_logs" ("actor_id", "id");

CREATE INDEX IF NOT EXISTS "audit_logs_action_id_idx" ON "audit_logs" ("action", "id");

CREATE INDEX IF NOT EXISTS "audit_logs_timestamp_idx" ON "audit_logs" ("timestamp");

CREATE TRIGGER IF NOT EXISTS "audit_logs_no_update" BEFORE UPDATE ON "audit_logs" BEGIN SELECT RAISE(ABORT, 'audit_logs is append-only'); END;

CREATE TRIGGER IF NOT EXISTS "audit_logs_no_delete" BEFORE DELETE ON "audit_logs" BEGIN SELECT RAISE(ABORT, 'audit_logs is append-only'); END;

CREATE TRIGGER IF NOT EXISTS "audit_logs_no_replace" BEFORE INSERT ON "audit_logs" WHEN EXISTS (SELECT 1 FROM "audit_logs" WHERE "id" = NEW."id") BEGIN SELECT RAISE(ABORT, 'audit_logs is append-only'); END;
