//! What goes over the wire. Conversions from the domain destructure fully, so that no field is forgotten.

pub mod channels;
pub mod html;
pub mod list;
pub mod message;
pub mod names;
pub mod people;
pub mod ticket;
pub mod uploads;
