"""Django at the cases of the benchmark, in its own ways: `bulk_create`, `select_related`, `update` with `F`.

It does what its standard input says, as `harness::serve` does: a line of JSON for each request, and one for its
answer. It has no audit trail, so that this is written in `transaction.atomic`. Allocations are not counted.
"""

import json
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings
from django.db import connections, models, transaction
from django.db.models import F, Q

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

PAGE = 20
POSTS = 25_000
MIXED = 16
UNCHANGED = "The same title"
BATCH = 1_000


# The columns are those of the other sides. Django's own would differ on SQLite: text of 32 digits, and times with a
# space where the others have a T.


class KeyField(models.UUIDField):
    """A UUID: 16 bytes on SQLite."""

    def get_db_prep_value(self, value, connection, prepared=False):
        if connection.vendor == "sqlite" and value is not None:
            return self.to_python(value).bytes
        return super().get_db_prep_value(value, connection, prepared)

    def get_db_converters(self, connection):
        return [_key] if connection.vendor == "sqlite" else []

    def get_internal_type(self):
        return "Field"


def _key(value, expression, connection):
    return None if value is None else uuid.UUID(bytes=value)


class InstantField(models.DateTimeField):
    """A time: RFC 3339 on SQLite."""

    def get_db_prep_value(self, value, connection, prepared=False):
        if connection.vendor == "sqlite" and value is not None:
            return value.isoformat()
        return super().get_db_prep_value(value, connection, prepared)


class Author(models.Model):
    id = KeyField(primary_key=True)
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=200)

    class Meta:
        app_label, managed, db_table = "bench", False, "authors"


def uuid7():
    """A UUID whose order is that of time, as all sides have them; Python 3.14 brings its own."""
    value = time.time_ns() // 1_000_000 << 80 | uuid.uuid4().int & (1 << 80) - 1
    return uuid.UUID(int=value & ~(0xF << 76) | 7 << 76)


def now():
    return datetime.now(timezone.utc)


class Row(models.Model):
    id = KeyField(primary_key=True, default=uuid7)
    title = models.CharField(max_length=200)
    slug = models.CharField(max_length=255, unique=True)
    content = models.TextField()
    excerpt = models.CharField(max_length=500)
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="+")
    category_id = KeyField(null=True)
    views_count = models.IntegerField()
    featured = models.BooleanField()
    rating = models.FloatField()
    change_log = models.JSONField(default=dict)
    created_at = InstantField()
    updated_at = InstantField()
    deleted_at = InstantField(null=True)
    status = models.TextField(default="draft")
    published_at = InstantField(null=True)

    class Meta:
        abstract, app_label = True, "bench"


class Post(Row):
    class Meta:
        app_label, managed, db_table = "bench", False, "posts"


class Article(Row):
    class Meta:
        app_label, managed, db_table = "bench", False, "articles"


class SmallDraft(models.Model):
    id = KeyField(primary_key=True, default=uuid7)
    title = models.CharField(max_length=200)
    content = models.TextField()
    views_count = models.IntegerField()
    created_at = InstantField()
    updated_at = InstantField()
    deleted_at = InstantField(null=True)

    class Meta:
        app_label, managed, db_table = "bench", False, "drafts"


class Product(models.Model):
    id = KeyField(primary_key=True, default=uuid7)
    name = models.CharField(max_length=200)
    stock = models.IntegerField()

    class Meta:
        app_label, managed, db_table = "bench", False, "products"


class AuditLog(models.Model):
    timestamp = InstantField()
    action = models.TextField()
    content_type = models.TextField()
    object_id = models.TextField()
    object_repr = models.CharField(max_length=255)
    changes = models.JSONField()
    actor_id = models.TextField(null=True)
    actor_label = models.TextField(null=True)
    ip_address = models.GenericIPAddressField(null=True)
    user_agent = models.TextField()
    request_id = models.TextField(null=True)

    class Meta:
        app_label, managed, db_table = "bench", False, "audit_logs"


# What is written: the same as in `benches/harness/src/rows.rs`.

SENTENCE = "A benchmark wants text that looks like text, so here are some words. "


def draft(n):
    start = n % 50
    content = (SENTENCE * 8)[start : start + 400]
    author_id = uuid.UUID(int=n % 100)

    def entry(field, old):
        return {"field": field, "old": old, "new": f"{old} {n}", "by": str(author_id)}

    return {
        "title": f"How the post number {n} came to be",
        "slug": f"how-the-post-{uuid7().hex}",
        "content": content,
        "excerpt": content[:120],
        "author_id": author_id,
        "category_id": None if n % 3 == 0 else uuid.UUID(int=n % 10),
        "views_count": n % 5000,
        "featured": n % 7 == 0,
        "rating": n % 50 / 10.0,
        "change_log": [entry("title", "An older title"), entry("excerpt", "Some words")],
    }


def audit(action, content_type, row, changes, time, by):
    return AuditLog(
        timestamp=time,
        action=action,
        content_type=content_type,
        object_id=str(row.id),
        object_repr=row.title[:255],
        changes=changes,
        **by,
    )


TRACKED = [
    *["title", "slug", "content", "excerpt", "author_id", "category_id", "views_count", "featured", "rating"],
    *["status", "published_at", "deleted_at"],
]


def told(value):
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


# The calls: those of `harness::Peer`.


def live():
    return Post.objects.filter(deleted_at=None).order_by("-created_at", "-id")


def get(key):
    return Post.objects.get(id=key, deleted_at=None)


def page(last):
    posts = live()
    if last is not None:
        created_at, key = last
        # The first part alone can be looked up in an index.
        same = Q(created_at=created_at, id__lt=key)
        posts = posts.filter(Q(created_at__lt=created_at) | same, created_at__lte=created_at)
    return list(posts[: PAGE + 1])[:PAGE]


def insert(new):
    time = now()
    return Post.objects.create(**new, created_at=time, updated_at=time)


def bulk_create(new):
    time = now()
    posts = [Post(**fields, created_at=time, updated_at=time) for fields in new]
    return len(Post.objects.bulk_create(posts, batch_size=BATCH))


def save(post, title):
    post.title, post.updated_at = title, now()
    post.save(update_fields=["title", "updated_at"])


def sell(key, pieces):
    enough = Product.objects.filter(id=key, stock__gte=pieces)
    return enough.update(stock=F("stock") - pieces) == 1


def sell_and_read(key, pieces):
    return Product.objects.get(id=key).stock if sell(key, pieces) else None


def audited_create(new, by):
    time = now()
    with transaction.atomic():
        article = Article.objects.create(**{**new, "change_log": {}}, created_at=time, updated_at=time)
        changes = {field: {"old": None, "new": told(getattr(article, field))} for field in TRACKED[:10]}
        audit("create", "benches.article", article, changes, time, by).save()
    return article


def audited_write(key, action, values, by):
    time = now()
    with transaction.atomic():
        article = Article.objects.select_for_update().get(id=key)
        old = {field: getattr(article, field) for field in TRACKED}
        for field, value in values.items():
            setattr(article, field, value)
        changes = {
            field: {"old": told(before), "new": told(getattr(article, field))}
            for field, before in old.items()
            if before != getattr(article, field)
        }
        if not changes:
            raise AssertionError("nothing was written")
        article.change_log[time.isoformat()] = changes
        while len(article.change_log) > 100:
            del article.change_log[min(article.change_log)]
        article.updated_at = time
        article.save(update_fields=[*values, "change_log", "updated_at"])
        audit(action, "benches.article", article, changes, time, by).save()


def lifecycle(new, by):
    key = audited_create(new, by).id
    audited_write(key, "publish", {"status": "published", "published_at": now()}, by)
    audited_write(key, "delete", {"deleted_at": now()}, by)
    audited_write(key, "restore", {"deleted_at": None}, by)


def delete_drafts(by):
    time = now()
    with transaction.atomic():
        drafts = SmallDraft.objects.filter(deleted_at=None)
        rows = [
            audit("delete", "benches.draft", row, {"deleted_at": {"old": None, "new": told(time)}}, time, by)
            for row in drafts.select_for_update().order_by("id").only("id", "title")
        ]
        AuditLog.objects.bulk_create(rows, batch_size=BATCH)
        return drafts.update(deleted_at=time, updated_at=time)


class Tasks:
    """As many threads as connections, each with one."""

    def __init__(self, count):
        self.executor = ThreadPoolExecutor(count)
        self.count, self.barrier = count, threading.Barrier(count)

    def mixed(self, count, ids, by):
        written, read = ids[:MIXED], ids[MIXED:]

        def task(number):
            for n in range(8):
                Article.objects.get(id=read[(number * 8 + n) % len(read)])
            expect(len(page(None)) == PAGE)
            audited_write(written[number], "update", {"title": f"Another title for number {count}"}, by)

        return list(self.executor.map(task, range(MIXED)))

    def close(self):
        def close(_):
            self.barrier.wait()
            connections.close_all()

        list(self.executor.map(close, range(self.count)))
        self.executor.shutdown()


def expect(it):
    if not it:
        raise AssertionError("another result was expected")


class Ready:
    """A case: what is made ready for it, and its samples."""

    def __init__(self, count, material):
        self.case, self.by = material["case"], material["editor"]
        self.ids = [uuid.UUID(key) for key in material["ids"]]
        self.count, self.tasks, self.last, self.posts = 0, None, None, []
        if last := material["last"]:
            self.last = (datetime.fromisoformat(last["created_at"]), uuid.UUID(last["id"]))
        if self.case in ("save", "save_unchanged"):
            self.posts = [get(key) for key in self.ids]
        if self.case == "mixed":
            self.tasks = Tasks(count)
        if self.case == "audited_save_full_log":
            for key in self.ids:
                for write in range(105):
                    audited_write(key, "update", {"title": f"Write number {write}"}, self.by)

    def work(self):
        """The work of the next sample, and whether its result is right."""
        n, self.count = self.count, self.count + 1
        key = self.ids[n % len(self.ids)] if self.ids else None
        title = f"Another title for number {n}"
        post = self.posts[n % len(self.posts)] if self.posts else None
        one = draft(n) if self.case in ("insert", "audited_lifecycle") else None
        many = {"bulk_create": 1_000, "bulk_create_large": 100_000}.get(self.case, 0)
        drafts = [draft(n) for n in range(many)]
        match self.case:
            case "get":
                return lambda: get(key), lambda it: it.id == key
            case "list100" | "list10000":
                limit = int(self.case.removeprefix("list"))
                return lambda: list(live()[:limit]), lambda it: len(it) == limit
            case "joined100":
                return lambda: list(live().select_related("author")[:100]), lambda it: len(it) == 100
            case "count":
                return lambda: Post.objects.filter(deleted_at=None).count(), lambda it: it == POSTS
            case "page1" | "page1000":
                return lambda: page(self.last), lambda it: len(it) == PAGE
            case "insert":
                return lambda: insert(one), lambda it: it.title == one["title"]
            case "bulk_create" | "bulk_create_large":
                return lambda: bulk_create(drafts), lambda it: it == many
            case "save":
                return lambda: save(post, title), lambda _: True
            case "save_unchanged":
                return lambda: save(post, UNCHANGED), lambda _: True
            case "sell":
                return lambda: sell(key, 1), lambda it: it
            case "sell_and_read":
                return lambda: sell_and_read(key, 1), lambda it: it > 0
            case "audited_save" | "audited_save_over_network" | "audited_save_full_log":
                return lambda: audited_write(key, "update", {"title": title}, self.by), lambda _: True
            case "audited_lifecycle":
                return lambda: lifecycle(one, self.by), lambda _: True
            case "audited_bulk_delete":
                return lambda: delete_drafts(self.by), lambda it: it == 10_000
            case "mixed":
                return lambda: self.tasks.mixed(n, self.ids, self.by), lambda it: len(it) == MIXED
        raise AssertionError(f"no case is called {self.case}")

    def sample(self):
        work, is_right = self.work()
        start = time.perf_counter_ns()
        result = work()
        nanoseconds = time.perf_counter_ns() - start
        expect(is_right(result))
        return {"nanoseconds": nanoseconds, "allocations": 0, "bytes": 0}

    def finish(self):
        if self.tasks:
            self.tasks.close()
        connections.close_all()


def connect(url):
    """Has Django connect there: a connection for each thread, which stays."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON"
        database = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.removeprefix("sqlite://"),
            "OPTIONS": {"init_command": pragmas, "transaction_mode": "IMMEDIATE", "timeout": 10},
        }
    else:
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        database = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.removeprefix("/"),
            "USER": parts.username or "",
            "PASSWORD": parts.password or "",
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "OPTIONS": query,
        }
    connections.close_all()
    all_settings = connections.configure_settings({"default": {**database, "CONN_MAX_AGE": None}})
    connections.settings["default"].update(all_settings["default"])
    if hasattr(connections._connections, "default"):
        del connections["default"]


def stream(url):
    connect(url)
    start = time.perf_counter()
    rows = length = 0
    for post in live().iterator():
        rows, length = rows + 1, length + len(post.content)
    seconds = time.perf_counter() - start
    expect(length == rows * 400)
    with open("/proc/self/status", encoding="utf-8") as status:
        peak = next(line for line in status if line.startswith("VmHWM:"))
    return {"rows": rows, "seconds": seconds, "peak_kib": int(peak.split()[1])}


def main():
    ready = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request == "sample":
                answer = {"sample": ready.sample()}
            elif request == "finish":
                ready.finish()
                ready, answer = None, "finished"
            elif "prepare" in request:
                asked = request["prepare"]
                connect(asked["url"])
                ready, answer = Ready(asked["connections"], asked["material"]), "ready"
            else:
                answer = {"reading": stream(request["stream"]["url"])}
        except Exception as error:  # Whatever goes wrong is an answer.
            answer = {"failed": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
