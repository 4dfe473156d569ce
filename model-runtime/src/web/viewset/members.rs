//! Which members rows have: that are shown, and that can be given.

use std::collections::HashSet;

use utoipa::openapi::{RefOr, Schema};

use super::{Access, Action, Declared, LinkList, Pagination, Representation, ViewSet};
use crate::fields::required;
use crate::model::Writable;
use crate::table::{ColumnDef, Role};
use crate::users::UserModel;

impl<M: Writable + Clone, U: UserModel> ViewSet<M, U> {
    /// The fields that cannot be given in an action, beside those that no row takes.
    pub(super) fn read_only_in(&self, action: Action) -> Vec<&'static str> {
        let assigned =
            self.inner.on_create.iter().filter(|_| action == Action::Create).map(|(column, _)| column.field);
        assigned.chain(self.inner.read_only.iter().copied()).collect()
    }

    /// The columns whose fields can be given in an action.
    pub(in crate::web) fn writable_in(&self, action: Action) -> Vec<&'static ColumnDef> {
        let read_only = self.read_only_in(action);
        let columns = M::TABLE.columns.iter();
        columns.filter(|column| column.role == Role::Data && !read_only.contains(&column.field)).collect()
    }

    /// The schema of what rows are shown with, and the lists of links that they take.
    pub(in crate::web) fn others(&self) -> (Option<&RefOr<Schema>>, &[LinkList<M, U>]) {
        (self.inner.related.as_ref(), &self.inner.links)
    }

    /// Refuses two members of one name.
    pub(super) fn check_names(&self) {
        let shown = &self.inner.shown;
        let columns = shown.columns().map(|(_, column)| column.field);
        let mut related = Vec::new();
        self.inner.related.iter().for_each(|schema| self.names_of(schema, &mut related));
        let mut names = HashSet::new();
        for name in columns.chain(shown.computed().map(|(name, _)| name)).chain(related) {
            assert!(names.insert(name), "{} is shown with two members {name}: hide one", M::TABLE.model);
        }
    }

    /// Refuses an open `Create` that no row can be made by.
    pub(super) fn check_required(&self) {
        if *self.access(Action::Create) == Access::Nobody {
            return;
        }
        let (model, writable) = (M::TABLE.model, self.writable_in(Action::Create));
        for column in required::<M>() {
            let is_assigned = self.inner.on_create.iter().any(|(assigned, _)| assigned.field == column.field);
            assert!(
                is_assigned || writable.iter().any(|it| it.field == column.field),
                "no {model} can be created: {field} has no default and cannot be given. Give it by `on_create`, or close \
                 `Action::Create` to `Access::Nobody`",
                field = column.field,
            );
        }
    }

    /// The names of the members that every object of a schema has.
    fn names_of<'s>(&'s self, schema: &'s RefOr<Schema>, names: &mut Vec<&'s str>) {
        match schema {
            RefOr::T(Schema::Object(object)) => names.extend(object.properties.keys().map(String::as_str)),
            RefOr::T(Schema::AllOf(all)) => all.items.iter().for_each(|part| self.names_of(part, names)),
            RefOr::T(_) => {}
            RefOr::Ref(to) => {
                let named = |(name, _): &&(String, _)| to.ref_location.rsplit('/').next() == Some(name);
                let components = self.inner.components.iter();
                components.filter(named).for_each(|(_, schema)| self.names_of(schema, names));
            }
        }
    }

    /// What the schemas of what is shown refer to.
    pub(in crate::web) fn components(&self) -> &[(String, RefOr<Schema>)] {
        &self.inner.components
    }

    pub(in crate::web) fn declared(&self) -> (&Declared, &Pagination, &Representation<M>) {
        (&self.inner.declared, &self.inner.pagination, &self.inner.shown)
    }
}
