//! The picture that a post is shown with: a file in a store, and the row that names it.
//!
//! No row names a file that is not there. So the file comes before the row, and goes after it.

use model_runtime::files::{FileStore, PictureRules};
use model_runtime::prelude::*;

use super::Post;

/// Where featured images lie, by the day (UTC) on which they came.
const FOLDER: &str = "blog/%Y/%m/%d/";

/// A write of the row up to its commit.
struct Replaced {
    /// What the row named until then, also where others write it at the same time.
    old: Option<StoredFile>,
    /// What the row names now. After an error it may name either.
    committed: Result<Option<StoredFile>>,
}

impl Post {
    /// Makes an upload the picture that the post is shown with: decoded, and written anew under a random name. The file
    /// that it replaces is removed. Of the row nothing else is written.
    ///
    /// A file that cannot be removed is left over, and a warning by `tracing` names it; so is one where the future is dropped,
    /// without a warning.
    ///
    /// # Errors
    /// [`Error::Validation`] naming `featured_image` where the upload is no picture or too large, [`Error::NotFound`] where
    /// the post is gone, [`Error::Storage`], and the database's. The post has the picture that it had then, unless the
    /// commit failed: whether it was carried out is not known, so both files stay, and a warning by `tracing` names them.
    pub async fn set_featured_image(
        &mut self,
        upload: impl Into<Vec<u8>> + Send,
        store: &FileStore,
        db: &Pool,
    ) -> Result<()> {
        let picture = PictureRules::default().read("featured_image", upload).await?;
        let new = store.put(FOLDER, picture.extension, picture.content_type, picture.bytes).await?;
        let Replaced { old, committed } = match self.replace_featured_image(Some(new.clone()), db).await {
            Ok(replaced) => replaced,
            Err(error) => {
                self.remove(Some(new), store).await;
                return Err(error);
            }
        };
        self.finish(committed, old, Some(new), store).await
    }

    /// Takes the picture away, and removes the file. Returns `false` where there is none.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the post is gone, and the database's. A file that cannot be removed is left over, as for
    /// [`set_featured_image`](Self::set_featured_image).
    pub async fn clear_featured_image(&mut self, store: &FileStore, db: &Pool) -> Result<bool> {
        let Replaced { old, committed } = self.replace_featured_image(None, db).await?;
        let had_one = old.is_some();
        self.finish(committed, old, None, store).await?;
        Ok(had_one)
    }

    /// Has the row name another picture. An error says that it surely does not.
    async fn replace_featured_image(&mut self, new: Option<StoredFile>, db: &Pool) -> Result<Replaced> {
        let mut transaction = db.begin().await?;
        let this = Self::objects().all_with_deleted().filter(|p| p.id.eq(self.id)).select_for_update();
        let mut post = this.get(&mut transaction).await?;
        let old = std::mem::replace(&mut post.featured_image, new);
        post.save_only(|p| p.featured_image, &mut transaction).await?;
        let committed = transaction.commit().await.map(|()| post.featured_image);
        Ok(Replaced { old, committed })
    }

    /// Removes the replaced file, where the row surely does not name it any more.
    async fn finish(
        &mut self,
        committed: Result<Option<StoredFile>>,
        old: Option<StoredFile>,
        new: Option<StoredFile>,
        store: &FileStore,
    ) -> Result<()> {
        match committed {
            Ok(picture) => {
                self.featured_image = picture;
                self.remove(old, store).await;
                Ok(())
            }
            Err(error) => {
                let path = |file: &Option<StoredFile>| file.as_ref().map(|file| file.path().to_owned());
                tracing::warn!(
                    post_id = %self.id, old = path(&old), new = path(&new), %error,
                    "whether the picture was written is not known, so both files stay; remove the one that the row does not name"
                );
                Err(error)
            }
        }
    }

    async fn remove(&self, file: Option<StoredFile>, store: &FileStore) {
        let Some(file) = file else { return };
        if let Err(error) = store.remove(&file).await {
            tracing::warn!(post_id = %self.id, path = file.path(), %error, "a picture that no post has could not be removed");
        }
    }
}
