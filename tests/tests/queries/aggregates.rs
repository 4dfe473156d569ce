//! Figures of many rows, and of groups of them.

use model_runtime::count;
use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use tests::models::{Everything, Size};
use tests::on_both;
use tests::recorded::{Article, Booking};

async fn rows(db: &Pool) {
    create_tables(&[Everything::table()], db).await.unwrap();
    let rows = [
        (5, "1.00", Some("0.5"), Size::Small),
        (4, "2.50", None, Size::Small),
        (4, "10.00", Some("0.25"), Size::ExtraLarge),
    ];
    for (integer, price, maybe_price, size) in rows {
        let maybe_price = maybe_price.map(|price| price.parse().unwrap());
        let price = price.parse().unwrap();
        let mut row = Everything {
            integer,
            price,
            maybe_price,
            size,
            double: f64::from(integer) / 2.0,
            ..Everything::sample()
        };
        row.insert(db).await.unwrap();
    }
}

fn decimal(text: &str) -> Option<Decimal> {
    Some(text.parse().unwrap())
}

on_both! {
    async fn figures_of_all_rows_come_in_one_query(db) {
        rows(&db).await;
        let (n, sum, avg, min, max) = Everything::objects()
            .aggregate(|e| (count(), e.integer.sum(), e.integer.avg(), e.integer.min(), e.integer.max()), &db)
            .await
            .unwrap();
        assert_eq!((n, sum, min, max), (3, Some(13), Some(4), Some(5)));
        // The guide's rating of 5, 4, 4.
        assert_eq!(format!("{:.2}", avg.unwrap()), "4.33");

        let figures = Everything::objects().aggregate(|e| (e.price.sum(), e.price.avg(), e.price.min(), e.price.max()), &db).await.unwrap();
        assert_eq!(figures, (decimal("13.50"), decimal("4.50"), decimal("1.00"), decimal("10.00")));
        let figures = Everything::objects().aggregate(|e| (e.maybe_price.sum(), e.maybe_price.avg(), e.maybe_price.count()), &db).await.unwrap();
        assert_eq!(figures, (decimal("0.750000"), decimal("0.375000"), 2));
        let figures = Everything::objects().aggregate(|e| (e.double.sum(), e.real.sum(), e.small.avg(), e.size.count_distinct()), &db).await.unwrap();
        assert_eq!(figures, (Some(6.5), Some(1.5), Some(1.0), 2));
        assert_eq!(Everything::objects().aggregate(|e| e.moment.max(), &db).await.unwrap(), Some(Everything::sample().moment));
    }

    async fn figures_of_no_rows_are_none(db) {
        rows(&db).await;
        let none = Everything::objects().filter(|e| e.integer.gt(100));
        let figures = none.aggregate(|e| (count(), e.integer.sum(), e.price.avg(), e.text.max()), &db).await.unwrap();
        assert_eq!(figures, (0, None, None, None));
    }

    async fn figures_hold_to_scope_filter_and_slice(db) {
        create_tables(&[Article::table(), AuditLog::table()], &db).await.unwrap();
        for views in [1, 2, 4, 8] {
            let mut article = Article::builder().title(format!("Views {views}")).views(views).create(&db).await.unwrap();
            if views == 8 {
                article.delete(&db).await.unwrap();
            }
        }
        let sum = |query: QuerySet<Article>| { let db = db.clone(); async move { query.aggregate(|a| a.views.sum(), &db).await.unwrap() } };
        assert_eq!(sum(Article::objects()).await, Some(7));
        assert_eq!(sum(Article::objects().all_with_deleted()).await, Some(15));
        assert_eq!(sum(Article::objects().filter(|a| a.views.gt(1))).await, Some(6));
        assert_eq!(sum(Article::objects().order_by(|a| a.views.desc()).limit(2)).await, Some(6));
        assert_eq!(Article::objects().order_by(|a| a.views.desc()).limit(2).offset(2).count(&db).await.unwrap(), 1);
    }

    async fn groups_have_figures_of_their_own(db) {
        rows(&db).await;
        let groups = Everything::objects().group_by(|e| e.size).aggregate(|e| (count(), e.price.sum(), e.integer.avg()));
        let found = groups.order_by(|_| count().desc()).fetch_all(&db).await.unwrap();
        assert_eq!(found, [(Size::Small, (2, decimal("3.50"), Some(4.5))), (Size::ExtraLarge, (1, decimal("10.00"), Some(4.0)))]);
    }

    async fn groups_are_chosen_ordered_and_cut_by_their_figures(db) {
        create_tables(&[Booking::table(), AuditLog::table()], &db).await.unwrap();
        rows(&db).await;
        let by_number = || Everything::objects().group_by(|e| (e.integer, e.size)).aggregate(|e| (count(), e.price.sum()));
        let many = by_number().having(|e| e.price.sum().ge(decimal("2.50")) & count().le(1)).fetch_all(&db).await.unwrap();
        assert_eq!(many.len(), 2);
        let one = by_number().having(|e| count().gt(5) | e.integer.max().eq(Some(5))).fetch_all(&db).await.unwrap();
        assert_eq!(one, [((5, Size::Small), (1, decimal("1.00")))]);
        let dearest = by_number().order_by(|e| e.price.sum().desc()).limit(1).fetch_all(&db).await.unwrap();
        assert_eq!(dearest[0].0, (4, Size::ExtraLarge));
        let cheapest = by_number().order_by(|e| (count().asc(), e.price.sum().asc())).fetch_one(&db).await.unwrap();
        assert_eq!(cheapest.0, (5, Size::Small));
    }

    async fn null_is_a_group_and_comes_first(db) {
        rows(&db).await;
        let groups = Everything::objects().group_by(|e| e.maybe_price).aggregate(|_| count());
        let found: Vec<Option<String>> = groups.fetch_all(&db).await.unwrap().into_iter().map(|(price, n)| {
            assert_eq!(n, 1);
            price.map(|price| price.normalize().to_string())
        }).collect();
        assert_eq!(found, [None, Some("0.25".into()), Some("0.5".into())]);
    }
}
