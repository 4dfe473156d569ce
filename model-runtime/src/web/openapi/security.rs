//! What an operation wants shown of who asks.

use utoipa::openapi::SecurityRequirement;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::schema::ComponentsBuilder;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

use crate::model::Model;
use crate::web::csrf::CSRF_HEADER;
use crate::web::viewset::{Access, Action};

const BEARER: &str = "bearer";
const SESSION: &str = "session";
const CSRF: &str = "csrf";

/// Adds the ways in which a caller shows who they are.
pub(super) fn schemes(components: ComponentsBuilder) -> ComponentsBuilder {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let session =
        "The cookie of a session, which browsers send of themselves. Without HTTPS its name is `session`.";
    let session = ApiKey::Cookie(ApiKeyValue::with_description("__Host-session", session));
    let csrf = "The token of a session, which its writes show beside the cookie.";
    let csrf = ApiKey::Header(ApiKeyValue::with_description(CSRF_HEADER, csrf));
    components
        .security_scheme(BEARER, SecurityScheme::Http(bearer))
        .security_scheme(SESSION, SecurityScheme::ApiKey(session))
        .security_scheme(CSRF, SecurityScheme::ApiKey(csrf))
}

/// What an operation of that method takes, one of these: nothing, where anyone may; a bearer token; a session, whose writes show
/// its token besides.
pub(super) fn security(access: &Access, method: &HttpMethod) -> Vec<SecurityRequirement> {
    let of = |scheme| SecurityRequirement::new(scheme, [""; 0]);
    let is_read =
        matches!(method, HttpMethod::Get | HttpMethod::Head | HttpMethod::Options | HttpMethod::Trace);
    let session = if is_read { of(SESSION) } else { of(SESSION).add(CSRF, [""; 0]) };
    let nothing = (*access == Access::Anyone).then(SecurityRequirement::default);
    nothing.into_iter().chain([of(BEARER), session]).collect()
}

/// Who may do what a view set does, in words.
pub(super) fn who<M: Model>(action: Action, access: &Access, is_owned: bool) -> Option<String> {
    let permission = action.permission::<M>();
    match access {
        Access::Anyone | Access::Nobody => None,
        Access::Owner if action == Action::Create => Some("Whoever is signed in may.".to_owned()),
        Access::SignedIn => Some("Whoever is signed in may.".to_owned()),
        // Where nothing tells whose a row is, it is nobody's.
        Access::Owner if !is_owned => Some(format!("Whoever has the permission {permission} may.")),
        Access::Permission => Some(format!("Whoever has the permission {permission} may.")),
        Access::Code(code) => Some(format!("Whoever has the permission {code} may.")),
        Access::Owner if action == Action::List => Some(format!(
            "Whoever is signed in sees their own rows; whoever has the permission {permission}, all."
        )),
        Access::Owner => Some(format!("Whose row it is may, and whoever has the permission {permission}.")),
    }
}
