//! What is read of mail.

mod authentication;
mod automatic;
mod bombs;
mod bounce;
mod charsets;
mod corpus;
mod fold;
mod forms;
mod html;
mod mails;
mod mime;
mod properties;
mod readable;
