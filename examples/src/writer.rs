//! Who runs the program, for the audit trail.

use std::env;

use model_runtime::audit::AuditContext;

/// The person who is named, else the user of the operating system; and the program that they write with.
pub fn context(program: &str, actor: Option<&str>) -> AuditContext {
    let context = AuditContext::default().user_agent(format!("{program}/{}", env!("CARGO_PKG_VERSION")));
    let user = |name| env::var(name).ok().filter(|user| !user.is_empty());
    match actor.map(str::to_owned).or_else(|| user("USER")).or_else(|| user("LOGNAME")) {
        Some(actor) => context.actor(&actor, actor.as_str()),
        None => context,
    }
}
