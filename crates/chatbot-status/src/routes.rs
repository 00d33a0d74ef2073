//! The routes, one file each.

pub(crate) mod get_status;
