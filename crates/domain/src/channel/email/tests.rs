//! What is read of mail.

mod corpus;
mod fold;
mod html;
mod readable;
