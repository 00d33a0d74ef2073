//! Routes stand where their documents say.

use axum::Router;
use axum::handler::Handler;
use axum::routing::MethodRouter;
use utoipa::Path;
use utoipa_axum::PathItemExt;

/// `router` with `handler` at the path and methods of its document `P`, so that the two cannot differ. The document
/// itself is not made: a function never shows it.
pub fn mount<P, H, T, S>(router: Router<S>, _: P, handler: H) -> Router<S>
where
    P: Path,
    H: Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    let methods = P::methods()
        .into_iter()
        .fold(MethodRouter::new(), |methods, method| {
            methods.on(method.to_method_filter(), handler.clone())
        });
    router.route(&P::path(), methods)
}
