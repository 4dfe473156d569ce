//! `#[audited]`, `#[audited(require_actor)]`: a row of the audit log for every write.

use darling::util::Flag;
use quote::quote;
use syn::{Meta, Path};

use super::{Capability, arguments};
use crate::diagnostics::Errors;
use crate::model::{Model, Required};

#[derive(Default, darling::FromMeta)]
struct Audited {
    /// A write without an actor is refused.
    require_actor: Flag,
}

/// The audit log's columns that a write fills, for the build-time check that the schema has them.
const COLUMNS: [&str; 11] = [
    "timestamp",
    "action",
    "content_type",
    "object_id",
    "object_repr",
    "changes",
    "actor_id",
    "actor_label",
    "ip_address",
    "user_agent",
    "request_id",
];

pub fn parse(meta: &Meta, errors: &mut Errors) -> Option<Box<dyn Capability>> {
    arguments::<Audited>(meta, errors).map(|it| Box::new(it) as _)
}

impl Capability for Audited {
    fn name(&self) -> &'static str {
        "audited"
    }

    fn fields(&self, _: &Path) -> Vec<Required> {
        Vec::new()
    }

    fn contribute(&self, model: &mut Model, _: &mut Errors) {
        let (krate, name) = (&model.krate, &model.ident);
        let entry = if self.require_actor.is_present() { quote!(entry_of_actor) } else { quote!(entry) };
        model.slots.journal = Some(quote! {
            #krate::record::JournalDef { table: "audit_logs", entry: #krate::audit::#entry }
        });
        model.slots.items.push(quote!(impl #krate::audit::Audited for #name {}));
        let columns = format!("\"{}\"", COLUMNS.join("\", \""));
        model.slots.statements.push(format!(
            "INSERT INTO \"audit_logs\" ({columns}) SELECT {columns} FROM \"audit_logs\" WHERE FALSE"
        ));
    }
}
