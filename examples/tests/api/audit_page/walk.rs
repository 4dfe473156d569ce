//! Pages of the list.

use futures_util::future::join_all;
use tests::{on_both, raw_sql};

use super::site::{Site, fill};

on_both! {
    async fn a_walk_sees_each_entry_once_while_others_come(db) {
        let site = Site::serve(db).await;
        let db = &site.api.db;
        fill(db, 230).await;
        let there: Vec<i64> = raw_sql::column(db, "SELECT id FROM audit_logs ORDER BY id DESC").await;
        let newest = there[0];
        let mut page = site.list("").await;
        let mut seen = page.ids();
        while let Some(next) = page.link("next") {
            join_all((0..3).map(|_| fill(db, 20))).await;
            page = site.get(&next).await;
            assert!(page.ids().len() <= 50);
            seen.extend(page.ids());
        }
        assert_eq!(seen, there);
        assert!(site.list("").await.ids()[49] > newest);
    }

    async fn newer_leads_back(db) {
        let site = Site::serve(db).await;
        fill(&site.api.db, 400).await;
        for query in ["", "model=blog.post", "from=2026-01-01", "search=object", "action=update&search=name"] {
            let first = site.list(query).await;
            assert_eq!(first.link("prev"), None, "{query}");
            let mut pages = vec![first.ids()];
            let mut page = first;
            while let Some(next) = page.link("next") {
                page = site.get(&next).await;
                pages.push(page.ids());
            }
            assert!(pages.len() > 2, "{query}");
            for before in pages.iter().rev().skip(1) {
                page = site.get(&page.link("prev").unwrap()).await;
                assert_eq!(&page.ids(), before, "{query}");
            }
            assert_eq!(page.link("prev"), None, "{query}");
        }
    }

    /// The newest page, read by `before`, has few entries because there are no newer ones.
    async fn a_short_page_is_no_search(db) {
        let site = Site::serve(db).await;
        fill(&site.api.db, 120).await;
        for query in ["", "search=object"] {
            let first = site.list(query).await;
            let back = site.get(&first.link("next").unwrap().replace("after=", "before=")).await;
            assert_eq!((back.ids(), back.link("prev")), (first.ids()[..49].to_vec(), None), "{query}");
            assert!(back.link("next").is_some() && !back.text.contains("were searched"), "{}", back.text);
        }
    }

    async fn an_empty_page_leads_to_the_newest(db) {
        let site = Site::serve(db).await;
        fill(&site.api.db, 60).await;
        let next = site.list("").await.link("next").unwrap();
        let page = site.get(&format!("{next}&search=nowhere")).await;
        assert!(page.ids().is_empty() && page.text.contains("There are no more entries that meet these filters."), "{}", page.text);
        assert!(page.text.contains("<a class=\"button\" href=\"/admin/audit/?search=nowhere\">Newest</a>"), "{}", page.text);
    }

    /// A search that finds little says how far it went, and goes on.
    async fn a_search_goes_on_where_it_stopped(db) {
        let site = Site::serve(db).await;
        fill(&site.api.db, 120_000).await;
        let page = site.list("search=Object+7+&from=2026-01-01").await;
        assert!(!page.ids().is_empty());
        let page = site.list("search=nowhere").await;
        assert_eq!(page.ids(), [0; 0]);
        assert!(page.text.contains("Search older entries") && page.text.contains("50,000 entries were searched"), "{}", page.text);
        let (found, pages) = site.walk("search=nowhere").await;
        assert_eq!((found.len(), pages), (0, 3));
        assert!(site.walk("search=nowhere&user=u4").await.1 == 1, "a user's entries are few");
        let (found, _) = site.walk("search=119999").await;
        let (oldest, _) = site.walk("search=Object+1&user=u1").await;
        assert_eq!(found.len(), 1);
        let wanted: i64 = raw_sql::value(&site.api.db, "SELECT MIN(id) FROM audit_logs WHERE object_repr LIKE 'Object%1%' AND actor_id = 'u1'").await;
        assert_eq!(oldest.last(), Some(&wanted));
    }
}
