CREATE TABLE IF NOT EXISTS "authors" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL
);

CREATE INDEX IF NOT EXISTS "authors_created_at_desc_id_desc_idx" ON "authors" ("created_at" DESC, "id" DESC);

CREATE INDEX IF NOT EXISTS "authors_updated_at_desc_idx" ON "authors" ("updated_at" DESC);

CREATE UNIQUE INDEX IF NOT EXISTS "authors_name_key" ON "authors" ("name");

COMMENT ON TABLE "authors" IS 'Somebody who wrote a post.';

COMMENT ON COLUMN "authors"."id" IS 'The key.';

COMMENT ON COLUMN "authors"."name" IS 'The name as posts are signed with it.';

COMMENT ON COLUMN "authors"."created_at" IS 'When the row was made.';

COMMENT ON COLUMN "authors"."updated_at" IS 'When the row was last written.';

CREATE TABLE IF NOT EXISTS "posts" (
    "id" UUID NOT NULL PRIMARY KEY,
    "title" VARCHAR(200) NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "content" TEXT NOT NULL,
    "excerpt" VARCHAR(500) NOT NULL DEFAULT '',
    "authors" TEXT NOT NULL DEFAULT '',
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

COMMENT ON COLUMN "posts"."authors" IS 'The names of those who wrote it, with commas between them.';

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

CREATE INDEX IF NOT EXISTS "audit_logs_actor_id_id_idx" ON "audit_logs" ("actor_id" NULLS FIRST, "id");

CREATE INDEX IF NOT EXISTS "audit_logs_action_id_idx" ON "audit_logs" ("action", "id");

CREATE INDEX IF NOT EXISTS "audit_logs_timestamp_idx" ON "audit_logs" ("timestamp");

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
