CREATE TABLE IF NOT EXISTS "auth_permissions" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "code" VARCHAR(200) NOT NULL,
    "name" VARCHAR(255) NOT NULL
);

CREATE UNIQUE INDEX IF NOT EXISTS "auth_permissions_code_key" ON "auth_permissions" ("code");

CREATE TABLE IF NOT EXISTS "auth_groups" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "name" VARCHAR(150) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL
);

CREATE INDEX IF NOT EXISTS "auth_groups_created_at_desc_id_desc_idx" ON "auth_groups" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "auth_groups_updated_at_desc_idx" ON "auth_groups" ("updated_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "auth_groups_name_key" ON "auth_groups" ("name");

CREATE TABLE IF NOT EXISTS "auth_group_permissions" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "group_id" BLOB NOT NULL CONSTRAINT "auth_group_permissions_group_id_fkey" REFERENCES "auth_groups" ("id") ON DELETE RESTRICT,
    "permission_id" BLOB NOT NULL CONSTRAINT "auth_group_permissions_permission_id_fkey" REFERENCES "auth_permissions" ("id") ON DELETE RESTRICT
);

CREATE INDEX IF NOT EXISTS "auth_group_permissions_group_id_idx" ON "auth_group_permissions" ("group_id");

CREATE INDEX IF NOT EXISTS "auth_group_permissions_permission_id_idx" ON "auth_group_permissions" ("permission_id");

CREATE UNIQUE INDEX IF NOT EXISTS "auth_group_permissions_group_id_permission_id_key" ON "auth_group_permissions" ("group_id", "permission_id");

CREATE TABLE IF NOT EXISTS "auth_user_groups" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "user_type" VARCHAR(100) NOT NULL,
    "user_id" VARCHAR(255) NOT NULL,
    "group_id" BLOB NOT NULL CONSTRAINT "auth_user_groups_group_id_fkey" REFERENCES "auth_groups" ("id") ON DELETE RESTRICT
);

CREATE INDEX IF NOT EXISTS "auth_user_groups_group_id_idx" ON "auth_user_groups" ("group_id");

CREATE UNIQUE INDEX IF NOT EXISTS "auth_user_groups_user_type_user_id_group_id_key" ON "auth_user_groups" ("user_type", "user_id", "group_id");

CREATE TABLE IF NOT EXISTS "auth_user_permissions" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "user_type" VARCHAR(100) NOT NULL,
    "user_id" VARCHAR(255) NOT NULL,
    "permission_id" BLOB NOT NULL CONSTRAINT "auth_user_permissions_permission_id_fkey" REFERENCES "auth_permissions" ("id") ON DELETE RESTRICT
);

CREATE INDEX IF NOT EXISTS "auth_user_permissions_permission_id_idx" ON "auth_user_permissions" ("permission_id");

CREATE UNIQUE INDEX IF NOT EXISTS "auth_user_permissions_user_type_user_id_permission_id_key" ON "auth_user_permissions" ("user_type", "user_id", "permission_id");

CREATE TABLE IF NOT EXISTS "auth_tokens" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "user_type" VARCHAR(100) NOT NULL,
    "user_id" VARCHAR(255) NOT NULL,
    "purpose" VARCHAR(20) NOT NULL CONSTRAINT "auth_tokens_purpose_check" CHECK ("purpose" IN ('verify_email', 'reset_password', 'second_factor', 'session', 'api')),
    "email" VARCHAR(254) NOT NULL,
    "name" VARCHAR(100) NOT NULL DEFAULT '',
    "hash" BLOB NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    "used_at" TIMESTAMP
);

CREATE UNIQUE INDEX IF NOT EXISTS "auth_tokens_hash_key" ON "auth_tokens" ("hash");

CREATE INDEX IF NOT EXISTS "auth_tokens_user_type_user_id_idx" ON "auth_tokens" ("user_type", "user_id");

CREATE INDEX IF NOT EXISTS "auth_tokens_expires_at_idx" ON "auth_tokens" ("expires_at");

CREATE TABLE IF NOT EXISTS "auth_two_factor" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "user_type" VARCHAR(100) NOT NULL,
    "user_id" VARCHAR(255) NOT NULL,
    "secret" BLOB NOT NULL,
    "confirmed_at" TIMESTAMP,
    "last_step" INTEGER NOT NULL CONSTRAINT "auth_two_factor_last_step_check" CHECK (typeof("last_step") <> 'real'),
    "created_at" TIMESTAMP NOT NULL
);

CREATE UNIQUE INDEX IF NOT EXISTS "auth_two_factor_user_type_user_id_key" ON "auth_two_factor" ("user_type", "user_id");

CREATE TABLE IF NOT EXISTS "auth_recovery_codes" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "user_type" VARCHAR(100) NOT NULL,
    "user_id" VARCHAR(255) NOT NULL,
    "hash" BLOB NOT NULL,
    "used_at" TIMESTAMP
);

CREATE UNIQUE INDEX IF NOT EXISTS "auth_recovery_codes_user_type_user_id_hash_key" ON "auth_recovery_codes" ("user_type", "user_id", "hash");

CREATE TABLE IF NOT EXISTS "auth_throttle" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key" VARCHAR(400) NOT NULL,
    "failures" INT4 NOT NULL CONSTRAINT "auth_throttle_failures_check" CHECK ("failures" BETWEEN -2147483648 AND 2147483647),
    "expires_at" TIMESTAMP NOT NULL,
    "blocked_until" TIMESTAMP
);

CREATE UNIQUE INDEX IF NOT EXISTS "auth_throttle_key_key" ON "auth_throttle" ("key");

CREATE TABLE IF NOT EXISTS "users" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "username" VARCHAR(150),
    "email" VARCHAR(254) NOT NULL,
    "password" VARCHAR(255) NOT NULL,
    "first_name" VARCHAR(150) NOT NULL DEFAULT '',
    "last_name" VARCHAR(150) NOT NULL DEFAULT '',
    "phone_number" VARCHAR(20) NOT NULL DEFAULT '',
    "avatar" TEXT,
    "bio" VARCHAR(500) NOT NULL DEFAULT '',
    "is_active" BOOLEAN NOT NULL DEFAULT TRUE,
    "is_staff" BOOLEAN NOT NULL DEFAULT FALSE,
    "is_superuser" BOOLEAN NOT NULL DEFAULT FALSE,
    "is_verified" BOOLEAN NOT NULL DEFAULT FALSE,
    "verified_at" TIMESTAMP,
    "two_factor_enabled" BOOLEAN NOT NULL DEFAULT FALSE,
    "last_login_at" TIMESTAMP
);

CREATE INDEX IF NOT EXISTS "users_created_at_desc_id_desc_idx" ON "users" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "users_updated_at_desc_idx" ON "users" ("updated_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "users_username_key" ON "users" ("username");

CREATE UNIQUE INDEX IF NOT EXISTS "users_lower_email_key" ON "users" (lower("email"));

CREATE INDEX IF NOT EXISTS "users_is_verified_idx" ON "users" ("is_verified");

CREATE TRIGGER IF NOT EXISTS "users_removed" AFTER DELETE ON "users" BEGIN INSERT INTO "audit_logs" ("timestamp", "action", "content_type", "object_id", "object_repr", "changes", "user_agent") SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now') || '+00:00', 'hard_delete', 'auth.user_group', lower(substr(hex(_c.`id`), 1, 8) || '-' || substr(hex(_c.`id`), 9, 4) || '-' || substr(hex(_c.`id`), 13, 4) || '-' || substr(hex(_c.`id`), 17, 4) || '-' || substr(hex(_c.`id`), 21, 12)), 'UserGroup ' || lower(substr(hex(_c.`id`), 1, 8) || '-' || substr(hex(_c.`id`), 9, 4) || '-' || substr(hex(_c.`id`), 13, 4) || '-' || substr(hex(_c.`id`), 17, 4) || '-' || substr(hex(_c.`id`), 21, 12)), ('{' || substr(((',"user_type":{"old":' || json_quote(_c.`user_type`) || ',"new":' || 'null' || '}') || (',"user_id":{"old":' || json_quote(_c.`user_id`) || ',"new":' || 'null' || '}') || (',"group_id":{"old":' || '"' || lower(substr(hex(_c.`group_id`), 1, 8) || '-' || substr(hex(_c.`group_id`), 9, 4) || '-' || substr(hex(_c.`group_id`), 13, 4) || '-' || substr(hex(_c.`group_id`), 17, 4) || '-' || substr(hex(_c.`group_id`), 21, 12)) || '"' || ',"new":' || 'null' || '}')), 2) || '}'), '' FROM `auth_user_groups` AS _c WHERE "user_type" = 'auth.user' AND "user_id" = lower(substr(hex(OLD."id"), 1, 8) || '-' || substr(hex(OLD."id"), 9, 4) || '-' || substr(hex(OLD."id"), 13, 4) || '-' || substr(hex(OLD."id"), 17, 4) || '-' || substr(hex(OLD."id"), 21, 12)); INSERT INTO "audit_logs" ("timestamp", "action", "content_type", "object_id", "object_repr", "changes", "user_agent") SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now') || '+00:00', 'hard_delete', 'auth.user_permission', lower(substr(hex(_c.`id`), 1, 8) || '-' || substr(hex(_c.`id`), 9, 4) || '-' || substr(hex(_c.`id`), 13, 4) || '-' || substr(hex(_c.`id`), 17, 4) || '-' || substr(hex(_c.`id`), 21, 12)), 'UserPermission ' || lower(substr(hex(_c.`id`), 1, 8) || '-' || substr(hex(_c.`id`), 9, 4) || '-' || substr(hex(_c.`id`), 13, 4) || '-' || substr(hex(_c.`id`), 17, 4) || '-' || substr(hex(_c.`id`), 21, 12)), ('{' || substr(((',"user_type":{"old":' || json_quote(_c.`user_type`) || ',"new":' || 'null' || '}') || (',"user_id":{"old":' || json_quote(_c.`user_id`) || ',"new":' || 'null' || '}') || (',"permission_id":{"old":' || '"' || lower(substr(hex(_c.`permission_id`), 1, 8) || '-' || substr(hex(_c.`permission_id`), 9, 4) || '-' || substr(hex(_c.`permission_id`), 13, 4) || '-' || substr(hex(_c.`permission_id`), 17, 4) || '-' || substr(hex(_c.`permission_id`), 21, 12)) || '"' || ',"new":' || 'null' || '}')), 2) || '}'), '' FROM `auth_user_permissions` AS _c WHERE "user_type" = 'auth.user' AND "user_id" = lower(substr(hex(OLD."id"), 1, 8) || '-' || substr(hex(OLD."id"), 9, 4) || '-' || substr(hex(OLD."id"), 13, 4) || '-' || substr(hex(OLD."id"), 17, 4) || '-' || substr(hex(OLD."id"), 21, 12)); DELETE FROM "auth_tokens" WHERE "user_type" = 'auth.user' AND "user_id" = lower(substr(hex(OLD."id"), 1, 8) || '-' || substr(hex(OLD."id"), 9, 4) || '-' || substr(hex(OLD."id"), 13, 4) || '-' || substr(hex(OLD."id"), 17, 4) || '-' || substr(hex(OLD."id"), 21, 12)); DELETE FROM "auth_two_factor" WHERE "user_type" = 'auth.user' AND "user_id" = lower(substr(hex(OLD."id"), 1, 8) || '-' || substr(hex(OLD."id"), 9, 4) || '-' || substr(hex(OLD."id"), 13, 4) || '-' || substr(hex(OLD."id"), 17, 4) || '-' || substr(hex(OLD."id"), 21, 12)); DELETE FROM "auth_recovery_codes" WHERE "user_type" = 'auth.user' AND "user_id" = lower(substr(hex(OLD."id"), 1, 8) || '-' || substr(hex(OLD."id"), 9, 4) || '-' || substr(hex(OLD."id"), 13, 4) || '-' || substr(hex(OLD."id"), 17, 4) || '-' || substr(hex(OLD."id"), 21, 12)); DELETE FROM "auth_user_groups" WHERE "user_type" = 'auth.user' AND "user_id" = lower(substr(hex(OLD."id"), 1, 8) || '-' || substr(hex(OLD."id"), 9, 4) || '-' || substr(hex(OLD."id"), 13, 4) || '-' || substr(hex(OLD."id"), 17, 4) || '-' || substr(hex(OLD."id"), 21, 12)); DELETE FROM "auth_user_permissions" WHERE "user_type" = 'auth.user' AND "user_id" = lower(substr(hex(OLD."id"), 1, 8) || '-' || substr(hex(OLD."id"), 9, 4) || '-' || substr(hex(OLD."id"), 13, 4) || '-' || substr(hex(OLD."id"), 17, 4) || '-' || substr(hex(OLD."id"), 21, 12)); END;

CREATE TABLE IF NOT EXISTS "categories" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "name" VARCHAR(100) NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "slug" VARCHAR(255) NOT NULL,
    "seo_title" VARCHAR(60) NOT NULL DEFAULT '',
    "seo_description" VARCHAR(160) NOT NULL DEFAULT '',
    "seo_keywords" VARCHAR(255) NOT NULL DEFAULT ''
);

CREATE INDEX IF NOT EXISTS "categories_created_at_desc_id_desc_idx" ON "categories" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "categories_updated_at_desc_idx" ON "categories" ("updated_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "categories_slug_key" ON "categories" ("slug");

CREATE UNIQUE INDEX IF NOT EXISTS "categories_name_key" ON "categories" ("name");

CREATE TABLE IF NOT EXISTS "categories_slug_history" (
    "slug" TEXT NOT NULL PRIMARY KEY,
    "object_id" BLOB NOT NULL REFERENCES "categories" ("id") ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS "categories_slug_history_object_id_idx" ON "categories_slug_history" ("object_id");

CREATE TRIGGER IF NOT EXISTS "categories_slug_insert" BEFORE INSERT ON "categories" WHEN EXISTS (SELECT 1 FROM "categories_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: categories.slug'); END;

CREATE TRIGGER IF NOT EXISTS "categories_slug_update" BEFORE UPDATE OF "slug" ON "categories" WHEN EXISTS (SELECT 1 FROM "categories_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: categories.slug'); END;

CREATE TRIGGER IF NOT EXISTS "categories_slug_remember" AFTER UPDATE OF "slug" ON "categories" WHEN OLD."slug" <> NEW."slug" BEGIN INSERT INTO "categories_slug_history" ("slug", "object_id") SELECT OLD."slug", OLD."id" WHERE NOT EXISTS (SELECT 1 FROM "categories" AS t WHERE t."slug" = OLD."slug" AND t."id" <> OLD."id") ON CONFLICT ("slug") DO NOTHING; END;

CREATE TABLE IF NOT EXISTS "posts" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "title" VARCHAR(200) NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "content" TEXT NOT NULL,
    "excerpt" VARCHAR(500) NOT NULL DEFAULT '',
    "author_id" BLOB NOT NULL CONSTRAINT "posts_author_id_fkey" REFERENCES "users" ("id") ON DELETE RESTRICT,
    "authors" TEXT NOT NULL DEFAULT '',
    "category_id" BLOB CONSTRAINT "posts_category_id_fkey" REFERENCES "categories" ("id") ON DELETE SET NULL,
    "featured_image" TEXT,
    "views_count" INT4 NOT NULL DEFAULT 0 CONSTRAINT "posts_views_count_check" CHECK ("views_count" BETWEEN -2147483648 AND 2147483647 AND (views_count >= 0)),
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

CREATE INDEX IF NOT EXISTS "posts_author_id_idx" ON "posts" ("author_id");

CREATE INDEX IF NOT EXISTS "posts_category_id_idx" ON "posts" ("category_id");

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

CREATE TABLE IF NOT EXISTS "tags" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "slug" VARCHAR(255) NOT NULL,
    "seo_title" VARCHAR(60) NOT NULL DEFAULT '',
    "seo_description" VARCHAR(160) NOT NULL DEFAULT '',
    "seo_keywords" VARCHAR(255) NOT NULL DEFAULT ''
);

CREATE INDEX IF NOT EXISTS "tags_created_at_desc_id_desc_idx" ON "tags" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "tags_updated_at_desc_idx" ON "tags" ("updated_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "tags_slug_key" ON "tags" ("slug");

CREATE UNIQUE INDEX IF NOT EXISTS "tags_name_key" ON "tags" ("name");

CREATE TABLE IF NOT EXISTS "tags_slug_history" (
    "slug" TEXT NOT NULL PRIMARY KEY,
    "object_id" BLOB NOT NULL REFERENCES "tags" ("id") ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS "tags_slug_history_object_id_idx" ON "tags_slug_history" ("object_id");

CREATE TRIGGER IF NOT EXISTS "tags_slug_insert" BEFORE INSERT ON "tags" WHEN EXISTS (SELECT 1 FROM "tags_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: tags.slug'); END;

CREATE TRIGGER IF NOT EXISTS "tags_slug_update" BEFORE UPDATE OF "slug" ON "tags" WHEN EXISTS (SELECT 1 FROM "tags_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: tags.slug'); END;

CREATE TRIGGER IF NOT EXISTS "tags_slug_remember" AFTER UPDATE OF "slug" ON "tags" WHEN OLD."slug" <> NEW."slug" BEGIN INSERT INTO "tags_slug_history" ("slug", "object_id") SELECT OLD."slug", OLD."id" WHERE NOT EXISTS (SELECT 1 FROM "tags" AS t WHERE t."slug" = OLD."slug" AND t."id" <> OLD."id") ON CONFLICT ("slug") DO NOTHING; END;

CREATE TABLE IF NOT EXISTS "post_tags" (
    "id" BLOB NOT NULL PRIMARY KEY,
    "post_id" BLOB NOT NULL CONSTRAINT "post_tags_post_id_fkey" REFERENCES "posts" ("id") ON DELETE CASCADE,
    "tag_id" BLOB NOT NULL CONSTRAINT "post_tags_tag_id_fkey" REFERENCES "tags" ("id") ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS "post_tags_post_id_idx" ON "post_tags" ("post_id");

CREATE INDEX IF NOT EXISTS "post_tags_tag_id_idx" ON "post_tags" ("tag_id");

CREATE UNIQUE INDEX IF NOT EXISTS "post_tags_post_id_tag_id_key" ON "post_tags" ("post_id", "tag_id");

CREATE TRIGGER IF NOT EXISTS "post_tags.post_id_live_insert" BEFORE INSERT ON "post_tags" WHEN EXISTS (SELECT 1 FROM "posts" WHERE "id" = NEW."post_id" AND "deleted_at" IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY constraint failed: post_tags.post_id_live'); END;

CREATE TRIGGER IF NOT EXISTS "post_tags.post_id_live_update" BEFORE UPDATE OF "post_id" ON "post_tags" WHEN NEW."post_id" IS DISTINCT FROM OLD."post_id" AND EXISTS (SELECT 1 FROM "posts" WHERE "id" = NEW."post_id" AND "deleted_at" IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY constraint failed: post_tags.post_id_live'); END;

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
