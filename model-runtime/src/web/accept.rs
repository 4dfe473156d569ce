//! `Accept`: who takes no JSON is told so, before anything is done.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;

use super::problem::{Problem, WebResult};

/// For [`axum::middleware::from_fn`], around routes that answer in JSON: 406 to a request whose `Accept` takes none. View sets have
/// it.
///
/// ```
/// # use axum::{Router, middleware, routing::get};
/// # async fn stats() {}
/// let app: Router = Router::new()
///     .route("/api/stats/", get(stats))
///     .route_layer(middleware::from_fn(model_runtime::web::accept_json));
/// # let _ = app;
/// ```
///
/// # Errors
/// 406.
pub async fn accept_json(request: Request, next: Next) -> WebResult {
    if !takes_json(request.headers()) {
        let detail = "this answers in JSON, which the header Accept does not take";
        return Err(Problem::new(StatusCode::NOT_ACCEPTABLE, detail));
    }
    Ok(next.run(request).await)
}

/// By the range that says most of JSON. Without one there is nothing that is not taken.
fn takes_json(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
    let ranges = lines.flat_map(|line| line.split(',')).map(str::trim).filter(|range| !range.is_empty());
    let (mut is_told, mut best) = (false, (0, false));
    for range in ranges {
        is_told = true;
        let mut parts = range.split(';').map(|part| part.trim().to_ascii_lowercase());
        let precision = match parts.next().as_deref() {
            Some("application/json") => 3,
            Some("application/*") => 2,
            Some("*/*" | "*") => 1,
            _ => continue,
        };
        let is_taken = !parts.any(|part| is_zero(&part));
        best = best.max((precision, is_taken));
    }
    best.1 || !is_told
}

/// Whether it is a quality of nothing: `q=0`, `q=0.000`.
fn is_zero(parameter: &str) -> bool {
    let quality = parameter.strip_prefix("q=").and_then(|quality| quality.parse::<f32>().ok());
    quality == Some(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_taken_unless_it_is_excluded() {
        let takes = |accept: &[&str]| {
            let lines = accept.iter().map(|line| (header::ACCEPT, line.parse().unwrap()));
            takes_json(&lines.collect())
        };
        for accept in [
            [].as_slice(),
            &[""],
            &["*/*"],
            &["application/*;q=0.1"],
            &["Application/JSON; charset=utf-8"],
            &["text/html, application/xml;q=0.9, */*;q=0.8"],
            &["text/html, *; q=.2"],
            &["text/html", "application/json"],
            &["*/*;q=0, application/json"],
            &["application/json;q=0.001, */*;q=0"],
        ] {
            assert!(takes(accept), "{accept:?}");
        }
        for accept in [
            ["text/html"].as_slice(),
            &["text/*, image/png"],
            &["application/jsonp"],
            &["application/json;q=0, */*"],
            &["*/*, application/*; Q=0.000"],
            &["nonsense"],
        ] {
            assert!(!takes(accept), "{accept:?}");
        }
    }
}
