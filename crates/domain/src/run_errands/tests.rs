//! Names come in and what was taken back goes, once, late or never, whatever comes between.

mod again;
mod erasing;
mod names;
mod sent;
