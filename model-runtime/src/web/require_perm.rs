//! `RequirePerm`: a tower layer that lets a route be used by those who have a permission.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use tower::{Layer, Service};

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

impl<U, S> Layer<S> for RequirePerm<U> {
    type Service = Guarded<U, S>;

    fn layer(&self, inner: S) -> Guarded<U, S> {
        Guarded { guard: self.clone(), inner }
    }
}

/// The service of [`RequirePerm`].
#[derive(Debug)]
pub struct Guarded<U, S> {
    guard: RequirePerm<U>,
    inner: S,
}

impl<U, S: Clone> Clone for Guarded<U, S> {
    fn clone(&self) -> Self {
        Self { guard: self.guard.clone(), inner: self.inner.clone() }
    }
}

impl<U, S> Service<Request> for Guarded<U, S>
where
    U: UserModel,
    S: Service<Request> + Clone + Send + 'static,
    S::Response: IntoResponse,
    S::Future: Send,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let (caller, code) = (request.extensions().get::<Caller<U>>().cloned(), Arc::clone(&self.guard.code));
        Box::pin(async move {
            let allowed = match caller {
                Some(caller) => caller.require_perm(&code).await,
                None => Err(Problem::internal(&"the layer of `Web` is not around this route")),
            };
            match allowed {
                Ok(()) => Ok(inner.call(request).await?.into_response()),
                Err(problem) => Ok(problem.into_response()),
            }
        })
    }
}
