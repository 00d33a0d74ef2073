//! What every store promises to the use cases.

pub mod accounts;
pub mod commits;
pub mod gates;
pub mod lists;
pub mod people;
pub mod slots;
pub mod typing;
pub mod work;
