//! Avatars.
