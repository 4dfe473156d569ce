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
