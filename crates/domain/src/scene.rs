//! What the use cases' tests share.
