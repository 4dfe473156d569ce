//! Swagger UI: a page to read an API's document by, and to try its operations. All of it is in the program.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use utoipa_swagger_ui::{Config, serve};

use super::problem::{Problem, WebResult, method_not_allowed};

/// What the page may load: only what comes from here. It writes styles of its own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The routes of a page that shows the OpenAPI document at an address of this program, and can ask its operations. Nothing of it
/// comes from elsewhere. Feature `swagger-ui`.
///
/// ```
/// # use model_runtime::web::{ApiDoc, swagger_ui};
/// let document = ApiDoc::new("Blog", "1.0.0");
/// let app: axum::Router =
///     document.router("/api/openapi.json").merge(swagger_ui("/api/docs", "/api/openapi.json"));
/// # let _ = app;
/// ```
pub fn swagger_ui<S: Clone + Send + Sync + 'static>(path: &str, document: &str) -> Router<S> {
    // Else Swagger UI sends the document's address to a validator elsewhere.
    let config = Arc::new(Config::from(document.to_owned()).validator_url("none"));
    let path = path.trim_end_matches('/');
    let page = Arc::clone(&config);
    let root = format!("{path}/");
    let router = Router::new()
        .route(&root, get(async move || file("", page)))
        .route(&format!("{path}/{{file}}"), get(async move |name: Result<_, _>| of_path(name, config)));
    let router = match path {
        "" => router,
        // Relative, as the page may be nested below a path that it does not know.
        path => {
            let last = path.rsplit('/').next().unwrap_or(path);
            let page = format!("{last}/");
            router.route(path, get(async move || Redirect::permanent(&page)))
        }
    };
    router.method_not_allowed_fallback(method_not_allowed)
}

fn of_path(name: Result<Path<String>, PathRejection>, config: Arc<Config<'static>>) -> WebResult {
    let Path(name) = name.map_err(|_| no_file("of that name"))?;
    file(&name, config)
}

fn no_file(name: &str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, format!("there is no file {name}"))
}

fn file(name: &str, config: Arc<Config<'static>>) -> WebResult {
    let file = serve(name, config).map_err(|error| Problem::internal(&error))?;
    let file = file.ok_or_else(|| no_file(name))?;
    let headers = [
        (header::CONTENT_TYPE, file.content_type.as_str()),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, file.bytes.into_owned()).into_response())
}
