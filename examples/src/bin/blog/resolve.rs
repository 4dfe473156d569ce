//! The users whom imported posts belong to.

use examples::blog;
use model_runtime::prelude::*;
use model_runtime::{Result, users};

use crate::authors::Authors;
use crate::document::Document;
use crate::source::Source;

/// A document, and the user whom its post belongs to.
pub struct Resolved {
    pub document: Document,
    pub author_id: Uuid,
}

/// A file whose users are there.
pub struct ResolvedSource {
    pub path: String,
    pub document: anyhow::Result<Option<Resolved>>,
}

/// Makes the users and the permissions that are missing, all of them or none. A file with a name that no user can have is
/// one that failed.
pub async fn resolve(sources: Vec<Source>, db: &Pool) -> Result<Vec<ResolvedSource>> {
    let mut transaction = db.begin().await?;
    users::sync_permissions(&blog::guarded(), &mut transaction).await?;
    let mut authors = Authors::known(&mut transaction).await?;
    let mut resolved = Vec::with_capacity(sources.len());
    for Source { path, document } in sources {
        let document = match document {
            Ok(Some(document)) => match authors.of(&document, &mut transaction).await {
                Ok(author_id) => Ok(Some(Resolved { document, author_id })),
                Err(error @ Error::Validation(_)) => Err(error.into()),
                Err(error) => return Err(error),
            },
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        };
        resolved.push(ResolvedSource { path, document });
    }
    transaction.commit().await?;
    Ok(resolved)
}
