CREATE TABLE IF NOT EXISTS "auth_permissions" (
    "id" UUID NOT NULL PRIMARY KEY,
    "code" VARCHAR(200) NOT NULL,
    "name" VARCHAR(255) NOT NULL
);

CREATE UNIQUE INDEX IF NOT EXISTS "auth_permissions_code_key" ON "auth_permissions" ("code");

COMMENT ON TABLE "auth_permissions" IS 'What somebody may do: `blog.publish_post`.';

COMMENT ON COLUMN "auth_permissions"."id" IS 'The key.';

COMMENT ON COLUMN "auth_permissions"."code" IS 'By which programs ask for it: the app, a point, and what may be done.';

COMMENT ON COLUMN "auth_permissions"."name" IS 'Its name for people.';

CREATE TABLE IF NOT EXISTS "auth_groups" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" VARCHAR(150) NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL
);

CREATE INDEX IF NOT EXISTS "auth_groups_created_at_desc_id_desc_idx" ON "auth_groups" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "auth_groups_updated_at_desc_idx" ON "auth_groups" ("updated_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "auth_groups_name_key" ON "auth_groups" ("name");

COMMENT ON TABLE "auth_groups" IS 'Users who have the same permissions.';

COMMENT ON COLUMN "auth_groups"."id" IS 'The key.';

COMMENT ON COLUMN "auth_groups"."name" IS 'Its name.';

COMMENT ON COLUMN "auth_groups"."created_at" IS 'When the row was made.';

COMMENT ON COLUMN "auth_groups"."updated_at" IS 'When the row was last written.';

CREATE TABLE IF NOT EXISTS "auth_group_permissions" (
    "id" UUID NOT NULL PRIMARY KEY,
    "group_id" UUID NOT NULL CONSTRAINT "auth_group_permissions_group_id_fkey" REFERENCES "auth_groups" ("id") ON DELETE RESTRICT,
    "permission_id" UUID NOT NULL CONSTRAINT "auth_group_permissions_permission_id_fkey" REFERENCES "auth_permissions" ("id") ON DELETE RESTRICT
);

CREATE INDEX IF NOT EXISTS "auth_group_permissions_group_id_idx" ON "auth_group_permissions" ("group_id");

CREATE INDEX IF NOT EXISTS "auth_group_permissions_permission_id_idx" ON "auth_group_permissions" ("permission_id");

CREATE UNIQUE INDEX IF NOT EXISTS "auth_group_permissions_group_id_permission_id_key" ON "auth_group_permissions" ("group_id", "permission_id");

COMMENT ON TABLE "auth_group_permissions" IS 'A group has a permission.';

COMMENT ON COLUMN "auth_group_permissions"."id" IS 'The key.';

COMMENT ON COLUMN "auth_group_permissions"."group_id" IS 'The group.';

COMMENT ON COLUMN "auth_group_permissions"."permission_id" IS 'The permission.';

CREATE TABLE IF NOT EXISTS "auth_user_groups" (
    "id" UUID NOT NULL PRIMARY KEY,
    "user_type" VARCHAR(100) NOT NULL,
    "user_id" VARCHAR(255) NOT NULL,
    "group_id" UUID NOT NULL CONSTRAINT "auth_user_groups_group_id_fkey" REFERENCES "auth_groups" ("id") ON DELETE RESTRICT
);

CREATE INDEX IF NOT EXISTS "auth_user_groups_group_id_idx" ON "auth_user_groups" ("group_id");

CREATE UNIQUE INDEX IF NOT EXISTS "auth_user_groups_user_type_user_id_group_id_key" ON "auth_user_groups" ("user_type", "user_id", "group_id");

COMMENT ON TABLE "auth_user_groups" IS 'A user is in a group.';

COMMENT ON COLUMN "auth_user_groups"."id" IS 'The key.';

COMMENT ON COLUMN "auth_user_groups"."user_type" IS 'The label of the user''s model.';

COMMENT ON COLUMN "auth_user_groups"."user_id" IS 'The user''s key as text.';

COMMENT ON COLUMN "auth_user_groups"."group_id" IS 'The group.';

CREATE TABLE IF NOT EXISTS "auth_user_permissions" (
    "id" UUID NOT NULL PRIMARY KEY,
    "user_type" VARCHAR(100) NOT NULL,
    "user_id" VARCHAR(255) NOT NULL,
    "permission_id" UUID NOT NULL CONSTRAINT "auth_user_permissions_permission_id_fkey" REFERENCES "auth_permissions" ("id") ON DELETE RESTRICT
);

CREATE INDEX IF NOT EXISTS "auth_user_permissions_permission_id_idx" ON "auth_user_permissions" ("permission_id");

CREATE UNIQUE INDEX IF NOT EXISTS "auth_user_permissions_user_type_user_id_permission_id_key" ON "auth_user_permissions" ("user_type", "user_id", "permission_id");

COMMENT ON TABLE "auth_user_permissions" IS 'A user has a permission, beside those of their groups.';

COMMENT ON COLUMN "auth_user_permissions"."id" IS 'The key.';

COMMENT ON COLUMN "auth_user_permissions"."user_type" IS 'The label of the user''s model.';

COMMENT ON COLUMN "auth_user_permissions"."user_id" IS 'The user''s key as text.';

COMMENT ON COLUMN "auth_user_permissions"."permission_id" IS 'The permission.';

CREATE TABLE IF NOT EXISTS "auth_tokens" (
    "id" UUID NOT NULL PRIMARY KEY,
    "user_type" VARCHAR(100) NOT NULL,
    "user_id" VARCHAR(255) NOT NULL,
    "purpose" VARCHAR(20) NOT NULL CONSTRAINT "auth_tokens_purpose_check" CHECK ("purpose" IN ('verify_email', 'reset_password', 'second_factor', 'session', 'api')),
    "email" VARCHAR(254) NOT NULL,
    "name" VARCHAR(100) NOT NULL DEFAULT '',
    "hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "used_at" TIMESTAMPTZ
);

CREATE UNIQUE INDEX IF NOT EXISTS "auth_tokens_hash_key" ON "auth_tokens" ("hash");

CREATE INDEX IF NOT EXISTS "auth_tokens_user_type_user_id_idx" ON "auth_tokens" ("user_type", "user_id");

CREATE INDEX IF NOT EXISTS "auth_tokens_expires_at_idx" ON "auth_tokens" ("expires_at");

COMMENT ON TABLE "auth_tokens" IS 'A token of a user. Only a hash of it is stored: [`UserManager::issue`](super::UserManager::issue) tells it once.';

COMMENT ON COLUMN "auth_tokens"."id" IS 'The key, by which a user tells one of their tokens from another.';

COMMENT ON COLUMN "auth_tokens"."user_type" IS 'The label of the user''s model.';

COMMENT ON COLUMN "auth_tokens"."user_id" IS 'The user''s key as text.';

COMMENT ON COLUMN "auth_tokens"."purpose" IS 'What it is good for; nothing else.';

COMMENT ON COLUMN "auth_tokens"."email" IS 'The user''s e-mail address when it was issued.';

COMMENT ON COLUMN "auth_tokens"."name" IS 'The name that the user gave it.';

COMMENT ON COLUMN "auth_tokens"."created_at" IS 'When it was issued.';

COMMENT ON COLUMN "auth_tokens"."expires_at" IS 'When it ends.';

COMMENT ON COLUMN "auth_tokens"."used_at" IS 'When it was used, where it is good for one use.';

CREATE TABLE IF NOT EXISTS "auth_two_factor" (
    "id" BIGINT NOT NULL GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    "user_type" VARCHAR(100) NOT NULL,
    "user_id" VARCHAR(255) NOT NULL,
    "secret" BYTEA NOT NULL,
    "confirmed_at" TIMESTAMPTZ,
    "last_step" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL
);

CREATE UNIQUE INDEX IF NOT EXISTS "auth_two_factor_user_type_user_id_key" ON "auth_two_factor" ("user_type", "user_id");

COMMENT ON TABLE "auth_two_factor" IS 'The authenticator of a user: enrolled, and good for signing in once it is confirmed.';

COMMENT ON COLUMN "auth_two_factor"."id" IS 'Counts up.';

COMMENT ON COLUMN "auth_two_factor"."user_type" IS 'The label of the user''s model.';

COMMENT ON COLUMN "auth_two_factor"."user_id" IS 'The user''s key as text.';

COMMENT ON COLUMN "auth_two_factor"."confirmed_at" IS 'When a code of it was first seen.';

COMMENT ON COLUMN "auth_two_factor"."last_step" IS 'The 30 seconds, counted from 1970, of the latest code that was accepted: it and those before are refused.';

COMMENT ON COLUMN "auth_two_factor"."created_at" IS 'When it was enrolled.';

CREATE TABLE IF NOT EXISTS "auth_recovery_codes" (
    "id" BIGINT NOT NULL GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    "user_type" VARCHAR(100) NOT NULL,
    "user_id" VARCHAR(255) NOT NULL,
    "hash" BYTEA NOT NULL,
    "used_at" TIMESTAMPTZ
);

CREATE UNIQUE INDEX IF NOT EXISTS "auth_recovery_codes_user_type_user_id_hash_key" ON "auth_recovery_codes" ("user_type", "user_id", "hash");

COMMENT ON TABLE "auth_recovery_codes" IS 'A code that signs a user in once in place of the authenticator''s. Only a hash of it is stored.';

COMMENT ON COLUMN "auth_recovery_codes"."id" IS 'Counts up.';

COMMENT ON COLUMN "auth_recovery_codes"."user_type" IS 'The label of the user''s model.';

COMMENT ON COLUMN "auth_recovery_codes"."user_id" IS 'The user''s key as text.';

COMMENT ON COLUMN "auth_recovery_codes"."used_at" IS 'When it was used.';

CREATE TABLE IF NOT EXISTS "auth_throttle" (
    "id" BIGINT NOT NULL GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    "key" VARCHAR(400) NOT NULL,
    "failures" INTEGER NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "blocked_until" TIMESTAMPTZ
);

CREATE UNIQUE INDEX IF NOT EXISTS "auth_throttle_key_key" ON "auth_throttle" ("key");

COMMENT ON TABLE "auth_throttle" IS 'The failures of an account or an address.';

COMMENT ON COLUMN "auth_throttle"."id" IS 'Counts up.';

COMMENT ON COLUMN "auth_throttle"."key" IS 'Whose: `account:`, the users'' model and the SHA-256 of the e-mail address, `address:` and the IP address, or `code:` and the user.';

COMMENT ON COLUMN "auth_throttle"."failures" IS 'How many.';

COMMENT ON COLUMN "auth_throttle"."expires_at" IS 'When they are forgotten.';

COMMENT ON COLUMN "auth_throttle"."blocked_until" IS 'Until when further attempts are refused.';

CREATE TABLE IF NOT EXISTS "users" (
    "id" UUID NOT NULL PRIMARY KEY,
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL,
    "username" VARCHAR(150),
    "email" VARCHAR(254) NOT NULL,
    "password" VARCHAR(255) NOT NULL,
    "first_name" VARCHAR(150) NOT NULL DEFAULT '',
    "last_name" VARCHAR(150) NOT NULL DEFAULT '',
    "phone_number" VARCHAR(20) NOT NULL DEFAULT '',
    "avatar" JSONB,
    "bio" VARCHAR(500) NOT NULL DEFAULT '',
    "is_active" BOOLEAN NOT NULL DEFAULT TRUE,
    "is_staff" BOOLEAN NOT NULL DEFAULT FALSE,
    "is_superuser" BOOLEAN NOT NULL DEFAULT FALSE,
    "is_verified" BOOLEAN NOT NULL DEFAULT FALSE,
    "verified_at" TIMESTAMPTZ,
    "two_factor_enabled" BOOLEAN NOT NULL DEFAULT FALSE,
    "last_login_at" TIMESTAMPTZ
);

CREATE INDEX IF NOT EXISTS "users_created_at_desc_id_desc_idx" ON "users" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "users_updated_at_desc_idx" ON "users" ("updated_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "users_username_key" ON "users" ("username" NULLS FIRST);

CREATE UNIQUE INDEX IF NOT EXISTS "users_lower_email_key" ON "users" (lower("email"));

CREATE INDEX IF NOT EXISTS "users_is_verified_idx" ON "users" ("is_verified");

CREATE OR REPLACE FUNCTION "users_removed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "audit_logs" ("timestamp", "action", "content_type", "object_id", "object_repr", "changes", "user_agent") SELECT clock_timestamp(), 'hard_delete', 'auth.user_group', (_c."id")::text, 'UserGroup ' || (_c."id")::text, ('{' || substr(concat(concat(',"user_type":{"old":', to_json(_c."user_type"), ',"new":', 'null', '}'), concat(',"user_id":{"old":', to_json(_c."user_id"), ',"new":', 'null', '}'), concat(',"group_id":{"old":', '"' || _c."group_id" || '"', ',"new":', 'null', '}')), 2) || '}')::jsonb, '' FROM "auth_user_groups" AS _c WHERE "user_type" = 'auth.user' AND "user_id" = (OLD."id")::text;
    INSERT INTO "audit_logs" ("timestamp", "action", "content_type", "object_id", "object_repr", "changes", "user_agent") SELECT clock_timestamp(), 'hard_delete', 'auth.user_permission', (_c."id")::text, 'UserPermission ' || (_c."id")::text, ('{' || substr(concat(concat(',"user_type":{"old":', to_json(_c."user_type"), ',"new":', 'null', '}'), concat(',"user_id":{"old":', to_json(_c."user_id"), ',"new":', 'null', '}'), concat(',"permission_id":{"old":', '"' || _c."permission_id" || '"', ',"new":', 'null', '}')), 2) || '}')::jsonb, '' FROM "auth_user_permissions" AS _c WHERE "user_type" = 'auth.user' AND "user_id" = (OLD."id")::text;
    DELETE FROM "auth_tokens" WHERE "user_type" = 'auth.user' AND "user_id" = (OLD."id")::text;
    DELETE FROM "auth_two_factor" WHERE "user_type" = 'auth.user' AND "user_id" = (OLD."id")::text;
    DELETE FROM "auth_recovery_codes" WHERE "user_type" = 'auth.user' AND "user_id" = (OLD."id")::text;
    DELETE FROM "auth_user_groups" WHERE "user_type" = 'auth.user' AND "user_id" = (OLD."id")::text;
    DELETE FROM "auth_user_permissions" WHERE "user_type" = 'auth.user' AND "user_id" = (OLD."id")::text;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER "users_removed" AFTER DELETE ON "users" FOR EACH ROW EXECUTE FUNCTION "users_removed"();

COMMENT ON TABLE "users" IS 'Somebody who signs in. An application with further fields puts `#[user]` on a struct of its own instead.';

COMMENT ON COLUMN "users"."id" IS 'The key.';

COMMENT ON COLUMN "users"."created_at" IS 'When the row was made.';

COMMENT ON COLUMN "users"."updated_at" IS 'When the row was last written.';

COMMENT ON COLUMN "users"."username" IS 'A name to be called by; unique.';

COMMENT ON COLUMN "users"."email" IS 'The e-mail address, by which the user signs in; unique in any case of its letters.';

COMMENT ON COLUMN "users"."password" IS 'The hash of the password.';

COMMENT ON COLUMN "users"."first_name" IS 'The given name.';

COMMENT ON COLUMN "users"."last_name" IS 'The family name.';

COMMENT ON COLUMN "users"."phone_number" IS 'The phone number.';

COMMENT ON COLUMN "users"."avatar" IS 'The picture.';

COMMENT ON COLUMN "users"."bio" IS 'What the user says of themselves.';

COMMENT ON COLUMN "users"."is_active" IS 'Whether the user may sign in.';

COMMENT ON COLUMN "users"."is_staff" IS 'Whether the user may see the staff''s pages.';

COMMENT ON COLUMN "users"."is_superuser" IS 'Whether the user has every permission.';

COMMENT ON COLUMN "users"."is_verified" IS 'Whether the e-mail address was verified.';

COMMENT ON COLUMN "users"."verified_at" IS 'When the e-mail address was verified.';

COMMENT ON COLUMN "users"."two_factor_enabled" IS 'Whether signing in takes a second factor.';

COMMENT ON COLUMN "users"."last_login_at" IS 'When the user last signed in.';

CREATE TABLE IF NOT EXISTS "categories" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" VARCHAR(100) NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL,
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
    "object_id" UUID NOT NULL REFERENCES "categories" ("id") ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS "categories_slug_history_object_id_idx" ON "categories_slug_history" ("object_id");

CREATE OR REPLACE FUNCTION "categories_slug_guard"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD."slug" <> NEW."slug" THEN
        INSERT INTO "categories_slug_history" ("slug", "object_id") SELECT OLD."slug", OLD."id" WHERE NOT EXISTS (SELECT 1 FROM "categories" AS t WHERE t."slug" = OLD."slug" AND t."id" <> OLD."id") ON CONFLICT ("slug") DO NOTHING;
    END IF;
    IF TRUE THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext('categories'), hashtext(NEW."slug") & 255);
        IF EXISTS (SELECT 1 FROM "categories_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") THEN
            RAISE unique_violation USING MESSAGE = 'the slug was another row''s', CONSTRAINT = 'categories_slug_key', TABLE = 'categories', COLUMN = 'slug';
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER "categories_slug_guard" AFTER INSERT OR UPDATE OF "slug" ON "categories" FOR EACH ROW EXECUTE FUNCTION "categories_slug_guard"();

CREATE OR REPLACE FUNCTION "categories_slug_alias"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('categories'), hashtext(NEW."slug") & 255);
    IF EXISTS (SELECT 1 FROM "categories" AS t WHERE t."slug" = NEW."slug" AND t."id" <> NEW."object_id") THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER "categories_slug_alias" BEFORE INSERT ON "categories_slug_history" FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION "categories_slug_alias"();

COMMENT ON TABLE "categories" IS 'A part of the blog.';

COMMENT ON COLUMN "categories"."id" IS 'The key.';

COMMENT ON COLUMN "categories"."name" IS 'The name.';

COMMENT ON COLUMN "categories"."description" IS 'What it is about.';

COMMENT ON COLUMN "categories"."created_at" IS 'When the row was made.';

COMMENT ON COLUMN "categories"."updated_at" IS 'When the row was last written.';

COMMENT ON COLUMN "categories"."slug" IS 'The row''s name in URLs.';

COMMENT ON COLUMN "categories"."seo_title" IS 'The title that search engines show.';

COMMENT ON COLUMN "categories"."seo_description" IS 'The description that search engines show.';

COMMENT ON COLUMN "categories"."seo_keywords" IS 'Keywords for search engines, with commas between them.';

CREATE TABLE IF NOT EXISTS "posts" (
    "id" UUID NOT NULL PRIMARY KEY,
    "title" VARCHAR(200) NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "content" TEXT NOT NULL,
    "excerpt" VARCHAR(500) NOT NULL DEFAULT '',
    "author_id" UUID NOT NULL CONSTRAINT "posts_author_id_fkey" REFERENCES "users" ("id") ON DELETE RESTRICT,
    "authors" TEXT NOT NULL DEFAULT '',
    "category_id" UUID CONSTRAINT "posts_category_id_fkey" REFERENCES "categories" ("id") ON DELETE SET NULL,
    "featured_image" JSONB,
    "views_count" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "posts_views_count_check" CHECK (views_count >= 0),
    "source_path" TEXT,
    "posted_on" DATE NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL,
    "deleted_at" TIMESTAMPTZ,
    "status" TEXT NOT NULL DEFAULT 'draft' CONSTRAINT "posts_status_check" CHECK ("status" IN ('draft', 'published', 'archived')),
    "published_at" TIMESTAMPTZ,
    "slug" VARCHAR(255) NOT NULL,
    "seo_title" VARCHAR(60) NOT NULL DEFAULT '',
    "seo_description" VARCHAR(160) NOT NULL DEFAULT '',
    "seo_keywords" VARCHAR(255) NOT NULL DEFAULT '',
    "change_log" JSONB NOT NULL DEFAULT '{}'
);

CREATE INDEX IF NOT EXISTS "posts_created_at_desc_id_desc_idx" ON "posts" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "posts_updated_at_desc_idx" ON "posts" ("updated_at" DESC);

CREATE INDEX IF NOT EXISTS "posts_created_at_desc_id_desc_8efd_idx" ON "posts" ("created_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;

CREATE INDEX IF NOT EXISTS "posts_deleted_at_bc66_idx" ON "posts" ("deleted_at" NULLS FIRST) WHERE "deleted_at" IS NOT NULL;

CREATE INDEX IF NOT EXISTS "posts_status_published_at_desc_idx" ON "posts" ("status", "published_at" DESC NULLS LAST);

CREATE INDEX IF NOT EXISTS "posts_status_created_at_desc_idx" ON "posts" ("status", "created_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "posts_slug_key" ON "posts" ("slug") WHERE "deleted_at" IS NULL;

CREATE INDEX IF NOT EXISTS "posts_author_id_idx" ON "posts" ("author_id");

CREATE INDEX IF NOT EXISTS "posts_category_id_idx" ON "posts" ("category_id" NULLS FIRST);

CREATE UNIQUE INDEX IF NOT EXISTS "posts_source_path_key" ON "posts" ("source_path" NULLS FIRST) WHERE "deleted_at" IS NULL;

CREATE INDEX IF NOT EXISTS "posts_posted_on_desc_idx" ON "posts" ("posted_on" DESC);

CREATE TABLE IF NOT EXISTS "posts_slug_history" (
    "slug" TEXT NOT NULL PRIMARY KEY,
    "object_id" UUID NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS "posts_slug_history_object_id_idx" ON "posts_slug_history" ("object_id");

CREATE OR REPLACE FUNCTION "posts_slug_guard"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD."slug" <> NEW."slug" THEN
        IF NOT (OLD."deleted_at" IS NULL) THEN
            PERFORM pg_advisory_xact_lock(hashtext('posts'), hashtext(OLD."slug") & 255);
        END IF;
        INSERT INTO "posts_slug_history" ("slug", "object_id") SELECT OLD."slug", OLD."id" WHERE NOT EXISTS (SELECT 1 FROM "posts" AS t WHERE t."slug" = OLD."slug" AND t."id" <> OLD."id" AND t."deleted_at" IS NULL) ON CONFLICT ("slug") DO NOTHING;
    END IF;
    IF NEW."deleted_at" IS NULL THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext('posts'), hashtext(NEW."slug") & 255);
        IF EXISTS (SELECT 1 FROM "posts_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") THEN
            RAISE unique_violation USING MESSAGE = 'the slug was another row''s', CONSTRAINT = 'posts_slug_key', TABLE = 'posts', COLUMN = 'slug';
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER "posts_slug_guard" AFTER INSERT OR UPDATE OF "slug", "deleted_at" ON "posts" FOR EACH ROW EXECUTE FUNCTION "posts_slug_guard"();

CREATE OR REPLACE FUNCTION "posts_slug_alias"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('posts'), hashtext(NEW."slug") & 255);
    IF EXISTS (SELECT 1 FROM "posts" AS t WHERE t."slug" = NEW."slug" AND t."id" <> NEW."object_id" AND t."deleted_at" IS NULL) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER "posts_slug_alias" BEFORE INSERT ON "posts_slug_history" FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION "posts_slug_alias"();

COMMENT ON TABLE "posts" IS 'A post of the blog.';

COMMENT ON COLUMN "posts"."id" IS 'The key.';

COMMENT ON COLUMN "posts"."title" IS 'The headline.';

COMMENT ON COLUMN "posts"."description" IS 'One or two sentences for search engines and feeds.';

COMMENT ON COLUMN "posts"."content" IS 'The text, in Markdown.';

COMMENT ON COLUMN "posts"."excerpt" IS 'The start of the text; made from it when left empty.';

COMMENT ON COLUMN "posts"."author_id" IS 'The user whom it belongs to: of several authors the first.';

COMMENT ON COLUMN "posts"."authors" IS 'The names that it is signed with, with commas between them.';

COMMENT ON COLUMN "posts"."category_id" IS 'What it is filed under.';

COMMENT ON COLUMN "posts"."featured_image" IS 'The picture that it is shown with, in a store of files. [`Post::set_featured_image`] writes both.';

COMMENT ON COLUMN "posts"."views_count" IS 'How often it was looked at. [`Post::increment_views`] counts, and readers are no editors: records leave it out.';

COMMENT ON COLUMN "posts"."source_path" IS 'The file it was imported from, relative to the imported folder.';

COMMENT ON COLUMN "posts"."posted_on" IS 'The day that the post carries.';

COMMENT ON COLUMN "posts"."created_at" IS 'When the row was made.';

COMMENT ON COLUMN "posts"."updated_at" IS 'When the row was last written.';

COMMENT ON COLUMN "posts"."deleted_at" IS 'When the row was deleted.';

COMMENT ON COLUMN "posts"."status" IS 'Where the row stands in its publication.';

COMMENT ON COLUMN "posts"."published_at" IS 'When the row was last published.';

COMMENT ON COLUMN "posts"."slug" IS 'The row''s name in URLs.';

COMMENT ON COLUMN "posts"."seo_title" IS 'The title that search engines show.';

COMMENT ON COLUMN "posts"."seo_description" IS 'The description that search engines show.';

COMMENT ON COLUMN "posts"."seo_keywords" IS 'Keywords for search engines, with commas between them.';

COMMENT ON COLUMN "posts"."change_log" IS 'What was changed and when, by time and field.';

CREATE TABLE IF NOT EXISTS "tags" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL,
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
    "object_id" UUID NOT NULL REFERENCES "tags" ("id") ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS "tags_slug_history_object_id_idx" ON "tags_slug_history" ("object_id");

CREATE OR REPLACE FUNCTION "tags_slug_guard"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD."slug" <> NEW."slug" THEN
        INSERT INTO "tags_slug_history" ("slug", "object_id") SELECT OLD."slug", OLD."id" WHERE NOT EXISTS (SELECT 1 FROM "tags" AS t WHERE t."slug" = OLD."slug" AND t."id" <> OLD."id") ON CONFLICT ("slug") DO NOTHING;
    END IF;
    IF TRUE THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext('tags'), hashtext(NEW."slug") & 255);
        IF EXISTS (SELECT 1 FROM "tags_slug_history" AS h WHERE h."slug" = NEW."slug" AND h."object_id" <> NEW."id") THEN
            RAISE unique_violation USING MESSAGE = 'the slug was another row''s', CONSTRAINT = 'tags_slug_key', TABLE = 'tags', COLUMN = 'slug';
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER "tags_slug_guard" AFTER INSERT OR UPDATE OF "slug" ON "tags" FOR EACH ROW EXECUTE FUNCTION "tags_slug_guard"();

CREATE OR REPLACE FUNCTION "tags_slug_alias"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('tags'), hashtext(NEW."slug") & 255);
    IF EXISTS (SELECT 1 FROM "tags" AS t WHERE t."slug" = NEW."slug" AND t."id" <> NEW."object_id") THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER "tags_slug_alias" BEFORE INSERT ON "tags_slug_history" FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION "tags_slug_alias"();

COMMENT ON TABLE "tags" IS 'A word for what posts are about.';

COMMENT ON COLUMN "tags"."id" IS 'The key.';

COMMENT ON COLUMN "tags"."name" IS 'The word.';

COMMENT ON COLUMN "tags"."created_at" IS 'When the row was made.';

COMMENT ON COLUMN "tags"."updated_at" IS 'When the row was last written.';

COMMENT ON COLUMN "tags"."slug" IS 'The row''s name in URLs.';

COMMENT ON COLUMN "tags"."seo_title" IS 'The title that search engines show.';

COMMENT ON COLUMN "tags"."seo_description" IS 'The description that search engines show.';

COMMENT ON COLUMN "tags"."seo_keywords" IS 'Keywords for search engines, with commas between them.';

CREATE TABLE IF NOT EXISTS "post_tags" (
    "id" UUID NOT NULL PRIMARY KEY,
    "post_id" UUID NOT NULL CONSTRAINT "post_tags_post_id_fkey" REFERENCES "posts" ("id") ON DELETE CASCADE,
    "tag_id" UUID NOT NULL CONSTRAINT "post_tags_tag_id_fkey" REFERENCES "tags" ("id") ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS "post_tags_post_id_idx" ON "post_tags" ("post_id");

CREATE INDEX IF NOT EXISTS "post_tags_tag_id_idx" ON "post_tags" ("tag_id");

CREATE UNIQUE INDEX IF NOT EXISTS "post_tags_post_id_tag_id_key" ON "post_tags" ("post_id", "tag_id");

CREATE OR REPLACE FUNCTION "post_tags.post_id_live"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    deleted timestamptz;
BEGIN
    IF TG_OP = 'UPDATE' AND NOT NEW."post_id" IS DISTINCT FROM OLD."post_id" THEN
        RETURN NEW;
    END IF;
    SELECT "deleted_at" INTO deleted FROM "posts" WHERE "id" = NEW."post_id" FOR KEY SHARE;
    IF deleted IS NOT NULL THEN
        RAISE foreign_key_violation USING MESSAGE = 'the row of "posts" is deleted', TABLE = 'post_tags', CONSTRAINT = 'post_tags.post_id_live';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER "post_tags.post_id_live" BEFORE INSERT OR UPDATE OF "post_id" ON "post_tags" FOR EACH ROW EXECUTE FUNCTION "post_tags.post_id_live"();

COMMENT ON TABLE "post_tags" IS 'A post has a tag.';

COMMENT ON COLUMN "post_tags"."id" IS 'The key.';

COMMENT ON COLUMN "post_tags"."post_id" IS 'The post.';

COMMENT ON COLUMN "post_tags"."tag_id" IS 'The tag.';

CREATE TABLE IF NOT EXISTS "audit_logs" (
    "id" BIGINT NOT NULL GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    "timestamp" TIMESTAMPTZ NOT NULL,
    "action" VARCHAR(20) NOT NULL CONSTRAINT "audit_logs_action_check" CHECK ("action" IN ('create', 'update', 'delete', 'restore', 'publish', 'unpublish', 'archive', 'hard_delete')),
    "content_type" VARCHAR(100) NOT NULL,
    "object_id" VARCHAR(255) NOT NULL,
    "object_repr" VARCHAR(255) NOT NULL,
    "changes" JSONB NOT NULL,
    "actor_id" VARCHAR(255),
    "actor_label" TEXT,
    "ip_address" INET,
    "user_agent" TEXT NOT NULL,
    "request_id" TEXT
);

CREATE INDEX IF NOT EXISTS "audit_logs_content_type_object_id_id_idx" ON "audit_logs" ("content_type", "object_id", "id");

CREATE INDEX IF NOT EXISTS "audit_logs_content_type_id_idx" ON "audit_logs" ("content_type", "id");

CREATE INDEX IF NOT EXISTS "audit_logs_actor_id_id_idx" ON "audit_logs" ("actor_id" NULLS FIRST, "id");

CREATE INDEX IF NOT EXISTS "audit_logs_action_id_idx" ON "audit_logs" ("action", "id");

CREATE INDEX IF NOT EXISTS "audit_logs_timestamp_id_idx" ON "audit_logs" ("timestamp", "id");

CREATE INDEX IF NOT EXISTS "audit_logs_changes_idx" ON "audit_logs" USING gin ("changes");

CREATE OR REPLACE FUNCTION "audit_logs_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_logs is append-only';
END $$;

CREATE OR REPLACE TRIGGER "audit_logs_no_change" BEFORE UPDATE OR DELETE ON "audit_logs" FOR EACH ROW EXECUTE FUNCTION "audit_logs_append_only"();

CREATE OR REPLACE TRIGGER "audit_logs_no_truncate" BEFORE TRUNCATE ON "audit_logs" FOR EACH STATEMENT EXECUTE FUNCTION "audit_logs_append_only"();

COMMENT ON TABLE "audit_logs" IS 'One thing that was done to one row. Newest first, in the order in which they were written.';

COMMENT ON COLUMN "audit_logs"."id" IS 'Counts up; later writes of a row have larger ones.';

COMMENT ON COLUMN "audit_logs"."timestamp" IS 'When the write began.';

COMMENT ON COLUMN "audit_logs"."action" IS 'What was done.';

COMMENT ON COLUMN "audit_logs"."content_type" IS 'The label of the row''s model: `blog.post`.';

COMMENT ON COLUMN "audit_logs"."object_id" IS 'The row''s key as text; a UUID with hyphens.';

COMMENT ON COLUMN "audit_logs"."object_repr" IS 'How the row showed itself to people, cut at 255 characters.';

COMMENT ON COLUMN "audit_logs"."changes" IS 'The fields that changed, each with its old and its new value.';

COMMENT ON COLUMN "audit_logs"."actor_id" IS 'The key of the user who did it, as text.';

COMMENT ON COLUMN "audit_logs"."actor_label" IS 'The name of that user at the time.';

COMMENT ON COLUMN "audit_logs"."ip_address" IS 'The client''s address.';

COMMENT ON COLUMN "audit_logs"."user_agent" IS 'The client''s name of itself; empty where it gave none.';

COMMENT ON COLUMN "audit_logs"."request_id" IS 'The request that it was part of.';
