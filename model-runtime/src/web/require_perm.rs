//! `RequirePerm`: a tower layer that lets a route be used by those who have a permission.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::{FromFn, Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use tower::Layer;

use super::caller::Caller;
use super::problem::Problem;
use crate::users::UserModel;

/// Lets a route be used by those who have a permission: 401 where nobody is signed in, 403 where they do not have it.
///
/// ```
/// # use axum::{Router, routing::post}; use model_runtime::users::User; use model_runtime::web::RequirePerm;
/// # async fn publish() {}
/// let publish = post(publish).layer(RequirePerm::<User>::new("blog.publish_post"));
/// let app: Router = Router::new().route("/api/posts/{id}/publish/", publish);
/// # let _ = app;
/// ```
pub struct RequirePerm<U> {
    code: Arc<str>,
    users: PhantomData<fn() -> U>,
}

impl<U> RequirePerm<U> {
    /// Requires the permission of that code.
    pub fn new(code: impl Into<Arc<str>>) -> Self {
        Self { code: code.into(), users: PhantomData }
    }
}

impl<U> Clone for RequirePerm<U> {
    fn clone(&self) -> Self {
        Self { code: Arc::clone(&self.code), users: PhantomData }
    }
}

impl<U> fmt::Debug for RequirePerm<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RequirePerm").field(&self.code).finish()
    }
}

impl<U: UserModel, S> Layer<S> for RequirePerm<U> {
    type Service = FromFn<Guard, Arc<str>, S, (State<Arc<str>>, Request)>;

    fn layer(&self, inner: S) -> Self::Service {
        from_fn_with_state(Arc::clone(&self.code), guard::<U> as Guard).layer(inner)
    }
}

type Guard = fn(State<Arc<str>>, Request, Next) -> BoxFuture<'static, Response>;

fn guard<U: UserModel>(
    State(code): State<Arc<str>>,
    request: Request,
    next: Next,
) -> BoxFuture<'static, Response> {
    let caller = request.extensions().get::<Caller<U>>().cloned();
    Box::pin(async move {
        let allowed = match caller {
            Some(caller) => caller.require_perm(&code).await,
            None => Err(Problem::internal(&"the layer of `Web` is not around this route")),
        };
        match allowed {
            Ok(()) => next.run(request).await,
            Err(problem) => problem.into_response(),
        }
    })
}
